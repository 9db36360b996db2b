import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { databaseIn } from "./connections/connections.ts";
import { openDuckDb } from "./connections/duckdb/database.ts";
import { StoreDamaged } from "./failures.ts";
import { type Stores, setUpStores } from "./open-stores.ts";
import { describeUnreadable, keptAt } from "./unreadable.contract.ts";
import { type UnreadableDocuments, unreadableName } from "./unreadable-documents.ts";

// Each test damages a row as a fault of a disk or of somebody's script may.

const time = Date.UTC(2026, 0, 5);
const day = time / 86_400_000;
const churn = { churnDays: 10, leadDays: 0, observeDays: 20 };
const score = { snapshot: day, probability: 0.5, risk: "low", modelVersion: "v1", reasons: [] } as const;
const people = ["ann", "ben", "cat"];
const others = ["ann", "cat"];
const many = Array.from({ length: 1_000 }, (_, i) => `user-${String(i).padStart(3, "0")}`);

let folder: string;
let stores: Stores;
let told: UnreadableDocuments[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-unreadable-"));
  told = [];
  stores = await setUpStores({ dataDir: folder, onUnreadable: (rows) => void told.push(rows) }, () => time);
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

/** Runs SQL on the same database, which changes at least one row. */
async function damage(sql: string, dataDir = folder): Promise<void> {
  const database = await openDuckDb(databaseIn(dataDir));
  const session = await database.session();
  const changed = await session.run("damage a row", async (connection) => (await connection.run(sql)).rowsChanged);
  await session.close();
  expect(changed).toBeGreaterThan(0);
}

/** SQL for the user-days of the users whose ids are so. */
function daysOf(which: string): string {
  return `number IN (SELECT number FROM user_numbers WHERE user_id ${which})`;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describeUnreadable("The embedded stores", async (onUnreadable) => {
  const dataDir = await mkdtemp(join(tmpdir(), "lapse-unreadable-"));
  const opened = await setUpStores({ dataDir, onUnreadable }, () => keptAt);
  const changes = {
    actions: "user_days SET day = NULL",
    features: "features SET features = [1, 2]",
    users: "listed_users SET state = 'unheard of'",
    ledger: "ledger SET role = 'unheard of'",
    contacts: "contacts SET time = NULL",
    campaigns: "assignments SET arm = 'unheard of'",
  };
  const columns = {
    arm: ["assignments", "arm"],
    assigned: ["assignments", "assigned"],
    closes: ["assignments", "closes"],
    "assigned user": ["assignments", "user_id"],
    contacted: ["contacts", "time"],
    "opted out": ["opt_outs", "time"],
  } as const;
  return {
    stores: opened,
    damage: (kept, userIds) => {
      const those = `IN (${userIds.map((id) => `'${id}'`).join()})`;
      return damage(
        `UPDATE ${changes[kept]} WHERE ${kept === "actions" ? daysOf(those) : `user_id ${those}`}`,
        dataDir,
      );
    },
    remove: async (field, userIds) => {
      const [table, column] = columns[field];
      for (const id of userIds) await damage(`UPDATE ${table} SET ${column} = NULL WHERE user_id = '${id}'`, dataDir);
    },
    damageCampaign: (id) => damage(`UPDATE campaigns SET document = '{' WHERE id = '${id}'`, dataDir),
    async dispose() {
      await opened.close();
      await rm(dataDir, { recursive: true });
    },
  };
});

const idsOf = (users: readonly { readonly userId: string }[]) => users.map(({ userId }) => userId).sort();
const named = () => [...new Set(told.flatMap((rows) => rows.named.map(unreadableName)))];

describe("a row that cannot be read", () => {
  it.each([
    "state = 'unheard of'",
    "state = NULL",
    "risk = 'unheard of'",
    "risk_before = 'unheard of'",
    "reasons = '[{'",
    "reasons = '{}'",
    "probability = 'NaN'",
    "value = 'inf'",
    "snapshot = NULL",
    "lapsed_since = -2000000000",
  ])("on the list of users (%s) leaves out that user, and pages stay full", async (change) => {
    const { users } = stores;
    const ids = Array.from({ length: 7 }, (_, i) => `user-${i}`);
    await users.put(
      ids.map((userId) => listedUser(userId)),
      1,
    );
    await damage(`UPDATE listed_users SET ${change} WHERE user_id IN ('user-1', 'user-2')`);
    const left = ids.filter((id) => id !== "user-1" && id !== "user-2");
    for (const order of ["user_id", "probability", "value"] as const) {
      const pages: string[][] = [];
      for (let cursor: string | undefined, isLast = false; !isLast; isLast = cursor === undefined) {
        const page = await users.page({ filter: {}, order, limit: 2, cursor });
        pages.push(idsOf(page.users));
        cursor = page.next;
      }
      expect(pages).toEqual([["user-0", "user-3"], ["user-4", "user-5"], ["user-6"]]);
      expect(idsOf(await all(users.stream({}, order)))).toEqual(left);
    }
    expect([...(await users.get(ids)).keys()].sort()).toEqual(left);
    expect((await users.totals({})).lapsed).toBe(0);
    expect(named().sort()).toEqual(["listed_users/user-1", "listed_users/user-2"]);
    expect(told.at(-1)).toMatchObject({ purpose: "read the list of users", documents: 2 });
    expect(JSON.stringify(told)).not.toContain("unheard of");
    // Later lists are written over it.
    for (const [written, snapshot] of [
      [2, 20_454],
      [3, 20_455],
    ] as const)
      await users.put(
        ids.map((userId) => listedUser(userId, { snapshot })),
        written,
      );
    expect((await users.page({ filter: {}, order: "value", limit: 9 })).users).toHaveLength(7);
  });

  it.each([
    "former_scores = [NULL]",
    "former_scores = [{snapshot: NULL, probability: 0.5}]",
    "former_scores = [{snapshot: 20453, probability: NULL}]",
  ])("on the list of users (%s) leaves out that user where these scores are asked for", async (change) => {
    const { users } = stores;
    await users.put([listedUser("ann"), listedUser("ben")], 1);
    await damage(`UPDATE listed_users SET ${change} WHERE user_id = 'ann'`);
    const page = { filter: {}, order: "user_id", limit: 9 } as const;
    expect(idsOf((await users.page({ ...page, withFormerScores: true })).users)).toEqual(["ben"]);
    expect(idsOf((await users.page(page)).users)).toEqual(["ann", "ben"]);
    expect(named()).toEqual(["listed_users/ann"]);
    // The next list goes without them.
    await users.put([listedUser("ann", { snapshot: 20_455 })], 2);
    const [ann] = (await users.page({ ...page, withFormerScores: true })).users;
    expect(ann?.formerScores).toEqual([{ snapshot: 20_454, probability: 0.125 }]);
  });

  it.each(["probability = 'NaN'", "value = 'inf'", "tenure = '-inf'", "user_id = NULL"])(
    "on the list of users (%s) is no candidate of a campaign",
    async (change) => {
      const { users } = stores;
      await users.put([listedUser("ann"), listedUser("ben")], 1);
      await damage(`UPDATE listed_users SET ${change} WHERE user_id = 'ann'`);
      expect(idsOf((await all(users.candidates({}))).flat())).toEqual(["ben"]);
      expect(told.map(({ documents }) => documents)).toEqual([1]);
    },
  );

  it("on the list of users without an id is left out wherever it stands", async () => {
    const { users } = stores;
    await users.put(
      people.map((userId) => listedUser(userId)),
      1,
    );
    await damage("UPDATE listed_users SET user_id = NULL WHERE user_id = 'ben'");
    for (const order of ["user_id", "probability"] as const) {
      const page = await users.page({ filter: {}, order, limit: 1 });
      const next = await users.page({ filter: {}, order, limit: 1, cursor: page.next });
      expect([...idsOf(page.users), ...idsOf(next.users), next.next]).toEqual(["ann", "cat", undefined]);
    }
  });

  it.each([
    "DELETE FROM action_names WHERE name = 'open'",
    `UPDATE user_days SET action = 99 WHERE ${daysOf("= 'ben'")}`,
    `UPDATE user_days SET day = NULL WHERE ${daysOf("= 'ben'")}`,
    `UPDATE user_days SET day = 2000000000 WHERE ${daysOf("= 'ben'")}`,
    `UPDATE user_days SET day = -2000000000 WHERE ${daysOf("= 'ben'")}`,
  ])("among the user-days leaves out that user: %s", async (sql) => {
    await stores.actions.append(
      people.flatMap((userId) => [
        { userId, action: userId === "ben" ? "open" : "login", time },
        { userId, action: "login", time: time - 86_400_000 },
      ]),
    );
    await stores.actions.rollUp();
    await damage(sql);
    const histories = await all(stores.actions.histories());
    expect(idsOf(histories)).toEqual(others);
    expect(histories.map(({ days }) => days.map(({ action }) => action))).toEqual([
      ["login", "login"],
      ["login", "login"],
    ]);
    expect([...(await stores.actions.historiesOf(people)).keys()].sort()).toEqual(others);
    expect(named()).toContain("user_days/ben");
    expect(await stores.actions.extent()).toMatchObject({ lastDay: day });
  });

  it.each([
    "UPDATE action_names SET name = NULL WHERE name = 'login'",
    "DELETE FROM action_names WHERE name = 'login'",
  ])("among the names of actions fails all that is read by them: %s", async (sql) => {
    const { actions } = stores;
    await actions.append(people.map((userId) => ({ userId, action: userId === "ben" ? "open" : "login", time })));
    await actions.rollUp();
    await damage(sql);
    await expect(all(actions.histories())).rejects.toThrow(StoreDamaged);
    await expect(actions.historiesOf(people)).rejects.toThrow(StoreDamaged);
    await expect(actions.extent(["open"])).rejects.toThrow(StoreDamaged);
    await actions.append([{ userId: "ann", action: "buy", time }]);
    await expect(actions.rollUp()).rejects.toThrow(StoreDamaged);
  });

  it("fails the work that would leave out more than a small share, and tells how many less were left out", async () => {
    const users = Array.from({ length: 400 }, (_, i) => `user-${i}`);
    await stores.actions.append(users.map((userId) => ({ userId, action: "login", time })));
    await stores.actions.rollUp();
    await damage(`UPDATE user_days SET day = NULL WHERE ${daysOf("LIKE 'user-1_'")}`);
    await damage(`UPDATE user_days SET day = NULL WHERE ${daysOf("LIKE 'user-2_'")}`);
    const counts: number[] = [];
    const onLeftOut = (left: number) => void counts.push(left);
    expect(await all(stores.actions.histories({ onLeftOut }))).toHaveLength(380);
    expect(counts).toEqual([20]);
    await damage(`UPDATE user_days SET day = NULL WHERE ${daysOf("= 'user-30'")}`);
    await expect(all(stores.actions.histories({ onLeftOut }))).rejects.toThrow(
      // It may go into a log, where a user stands in a field of their own only.
      /^Could not read histories: 21 of 400 documents or rows cannot be read, such as one in user_days \(/,
    );
    await expect(all(stores.actions.historyColumns?.() ?? Readable.from([]))).rejects.toThrow(StoreDamaged);
    expect(counts).toEqual([20]);
  });

  const nobody = (table: string) => `UPDATE ${table} SET user_id = NULL`;

  it.each<[string, string, () => Promise<unknown>, () => AsyncIterable<unknown>]>([
    ["features", nobody("features"), () => putFeatures("set", many), () => stores.features.rows("set")],
    [
      "listed_users",
      nobody("listed_users"),
      () =>
        stores.users.put(
          many.map((userId) => listedUser(userId)),
          1,
        ),
      () => stores.users.stream({}, "user_id"),
    ],
    ["user_days", "DELETE FROM user_numbers", () => appendDays(many, 3), () => stores.actions.histories()],
    ["ledger", nobody("ledger"), () => stores.ledger.append(many.map(entryOf)), () => stores.ledger.entries()],
    [
      "contacts",
      nobody("contacts"),
      () => stores.contacts.append(many.map(contactOf)),
      () => stores.contacts.contacts("spring"),
    ],
    ["assignments", nobody("assignments"), () => assign("spring", many), () => stores.campaigns.assignments("spring")],
  ])("counts as one of many where nothing tells whose it is: %s", async (_, change, fill, read) => {
    await fill();
    expect(await all(read())).toHaveLength(many.length);
    await damage(`${change} WHERE user_id < 'user-800'`);
    await expect(all(read())).rejects.toThrow(StoreDamaged);
    expect(told.map(({ documents, named: first }) => [documents, first.length <= 10])).toEqual([[800, true]]);
  });

  it("counts as one of many in the ledger where nothing tells of which night it is", async () => {
    await stores.ledger.append(many.map(entryOf));
    await damage("UPDATE ledger SET snapshot = NULL WHERE user_id < 'user-800'");
    await expect(all(stores.ledger.entries())).rejects.toThrow(/800 of 1,000/);
  });

  it("counts once though its slice is read again because it is not in order", async () => {
    await appendDays(many, 1);
    await stores.actions.append(many.map((userId) => ({ userId, action: "login", time: time - 86_400_000 })));
    await stores.actions.rollUp();
    await damage(`UPDATE user_days SET action = NULL WHERE ${daysOf("< 'user-040'")}`);
    const counts: number[] = [];
    const histories = stores.actions.histories({ onLeftOut: (left) => void counts.push(left) });
    expect(await all(histories)).toHaveLength(960);
    expect(counts).toEqual([40]);
    expect(told).toMatchObject([{ documents: 40 }]);
  });

  it("among the features counts once, whether it or what it holds is refused", async () => {
    await putFeatures("set", many);
    await damage("UPDATE features SET features = ['NaN'::DOUBLE] WHERE user_id < 'user-050'");
    expect(await all(stores.features.rows("set"))).toHaveLength(950);
    await damage("UPDATE features SET features = ['NaN'::DOUBLE] WHERE user_id = 'user-050'");
    // Their set is read as well.
    await expect(all(stores.features.rows("set"))).rejects.toThrow(/51 of 1,001/);
  });

  it.each(["features = [1, 2]", "features = ['NaN'::DOUBLE]", "features = [NULL]", "features = []"])(
    "among the features that no model can take (%s) leaves out that user",
    async (change) => {
      await putFeatures();
      await damage(`UPDATE features SET ${change} WHERE user_id = 'ben'`);
      expect([...(await stores.features.get(people)).keys()].sort()).toEqual(others);
      expect(idsOf(await all(stores.features.rows("set")))).toEqual(others);
      expect(named()).toEqual(["features/ben"]);
    },
  );

  it("among the features leaves out that user", async () => {
    await putFeatures();
    await stores.features.putScores(people.map((userId) => ({ ...score, userId })));
    await damage("UPDATE features SET features = NULL WHERE user_id = 'ben'");
    expect([...(await stores.features.get(people)).keys()].sort()).toEqual(others);
    expect(named()).toEqual(["features/ben"]);
    told = [];
    expect(idsOf(await all(stores.features.rows("set")))).toEqual(others);
    expect(told).toMatchObject([{ documents: 1, named: [{ place: "features", userId: "ben" }] }]);
    expect(await all(stores.features.lapsedRows("set"))).toEqual([]);
    expect(await stores.features.countUsers("set")).toEqual({ here: 3, lapsed: 0 });
    expect(await stores.features.prune("set")).toBe(0);
    expect(idsOf(await stores.features.topScores(3))).toEqual(people);
    await damage("UPDATE features SET features = [2], lapsed = NULL WHERE user_id = 'ben'");
    expect(idsOf(await all(stores.features.rows("set")))).toEqual(others);
    await stores.features.put("set", [{ userId: "ben", lapsed: [null], values: [2] }]);
    expect(idsOf(await all(stores.features.rows("set")))).toEqual(people);
  });

  it("among the sets of features counts as none, until the next is put", async () => {
    await putFeatures();
    await damage("UPDATE feature_sets SET definition = '{'");
    expect(await stores.features.currentSet()).toBeUndefined();
    expect(await stores.features.latestSet()).toBeUndefined();
    expect((await stores.features.get(people)).size).toBe(0);
    expect(named()).toEqual(["feature_sets/set"]);
    await putFeatures("next");
    expect([...(await stores.features.get(people)).keys()].sort()).toEqual(people);
  });

  it.each(["risk = 'unheard of'", "reasons = 'no JSON'", "probability = 'NaN'", "snapshot = NULL"])(
    "among the scores (%s) leaves out that user",
    async (change) => {
      await stores.features.putScores(people.map((userId) => ({ ...score, userId })));
      await damage(`UPDATE scores SET ${change} WHERE user_id = 'ben'`);
      expect(idsOf(await stores.features.topScores(3))).toEqual(others);
      expect(told).toMatchObject([
        { purpose: "read scores", documents: 1, named: [{ place: "scores", userId: "ben" }] },
      ]);
    },
  );

  it("among the scores takes no other's place among the riskiest, however many there are", async () => {
    const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
    await stores.features.putScores([...people, ...users].map((userId) => ({ ...score, userId })));
    await damage("UPDATE scores SET probability = 'NaN' WHERE user_id LIKE 'user-%'");
    expect(idsOf(await stores.features.topScores(2))).toEqual(["ann", "ben"]);
    expect(told).toMatchObject([{ documents: 20 }]);
  });

  it.each(["role = 'unheard of'", "state = NULL", "arm = 'none'", "probability = 'inf'", "model_version = NULL"])(
    "in the ledger (%s) leaves out that entry",
    async (change) => {
      const { ledger } = stores;
      await ledger.append(
        people.map((userId) => ({
          ...{ userId, snapshot: day, modelVersion: "v1", probability: 0.5 },
          ...({ role: "champion", state: "here" } as const),
        })),
      );
      await damage(`UPDATE ledger SET ${change} WHERE user_id = 'ben'`);
      expect(idsOf(await all(ledger.entries()))).toEqual(others);
      expect(await ledger.entriesOf("ben")).toEqual([]);
      expect([...(await ledger.lastShown(people, 1)).keys()].sort()).toEqual(others);
      expect(
        (await ledger.batches()).find(({ modelVersion }) => modelVersion === "v1")?.entries.champion,
      ).toBeGreaterThan(1);
      expect(named().join()).toMatch(/ledger\/.+\/ben/);
    },
  );

  it("in the ledger without its day leaves out that entry", async () => {
    const entry = { modelVersion: "v1", role: "champion", state: "here", probability: 0.5 } as const;
    await stores.ledger.append(people.map((userId) => ({ ...entry, userId, snapshot: day })));
    await damage("UPDATE ledger SET snapshot = NULL WHERE user_id = 'ben'");
    expect(idsOf(await all(stores.ledger.entries()))).toEqual(others);
    expect(await stores.ledger.batches()).toMatchObject([{ snapshot: day, entries: { champion: 2 } }]);
    expect(await stores.ledger.firstSnapshot()).toBe(day);
    expect(named().length).toBeGreaterThan(0);
  });

  it("among the nights of the ledger leaves out that night", async () => {
    await damage(
      `INSERT INTO ledger_nights VALUES (1, ${day}, 'v1', 'champion', 0, '{"entries": "damaged"}'), (1, ${day}, 'v2', 'none', 0, '{')`,
    );
    expect(await stores.ledger.nights()).toEqual([]);
    expect(told).toMatchObject([
      {
        documents: 2,
        named: [
          { place: "ledger_nights", key: `${day}/v1/champion` },
          { place: "ledger_nights", key: `${day}/v2/none` },
        ],
      },
    ]);
  });

  it("among the assignments leaves out that user", async () => {
    await assign("spring");
    await damage("UPDATE assignments SET arm = 'unheard of' WHERE user_id = 'ben'");
    expect(idsOf(await all(stores.campaigns.assignments("spring")))).toEqual(others);
    expect(named()).toEqual(["assignments/spring/ben"]);
    await damage("UPDATE assignments SET arm = 'control', covariates = NULL WHERE user_id = 'ben'");
    expect(idsOf(await all(stores.campaigns.assignments("spring")))).toEqual(others);
  });

  it.each([
    ["arm = 'unheard of'", time],
    ["arm = NULL", time],
    ["assigned = NULL", 0],
    ["assigned = 'NaN'", 0],
  ])(
    "among the assignments (%s) leaves its user in the campaign, as one who was treated",
    async (change, assignedAt) => {
      await assign("spring");
      await damage(`UPDATE assignments SET ${change} WHERE user_id = 'ben'`);
      const { campaigns } = stores;
      const ofBen = { campaignId: "spring", userId: "ben", assignedAt, closesAt: expect.any(Number) };
      const overlapping = await all(campaigns.overlapping({ from: time, before: time + 1 }));
      expect(idsOf(overlapping)).toEqual(people);
      expect(overlapping.find(({ userId }) => userId === "ben")).toEqual({ ...ofBen, arm: "treatment" });
      expect((await campaigns.assignmentsOf(people)).get("ben")).toEqual([{ ...ofBen, arm: "treatment" }]);
      expect(named()).toEqual(["assignments/spring/ben"]);
    },
  );

  it.each(["NULL", "'inf'", "'NaN'"])(
    "among the assignments, whose window closes at %s, leaves its user in the campaign until the month of its end is over",
    async (closes) => {
      await assign("spring");
      await damage(`UPDATE assignments SET closes = ${closes} WHERE user_id = 'ben'`);
      // The others were assigned so late that their windows reach into the next month.
      const monthEnd = Date.UTC(2026, 1, 1);
      const overlapping = (from: number) => all(stores.campaigns.overlapping({ from, before: from + 1 }));
      expect(idsOf(await overlapping(time))).toEqual(people);
      expect(idsOf(await overlapping(monthEnd - 2))).toEqual(people);
      expect(idsOf(await overlapping(monthEnd - 1))).toEqual(others);
      expect(named()).toEqual(["assignments/spring/ben"]);
    },
  );

  it("among the assignments that names no user fails what must know all of them", async () => {
    await assign("spring");
    await damage("UPDATE assignments SET user_id = NULL WHERE user_id = 'ben'");
    await expect(all(stores.campaigns.overlapping({ from: time, before: time + 1 }))).rejects.toThrow(StoreDamaged);
  });

  it.each(["'{'", "'{}'", "NULL"])(
    "among the campaigns (%s) leaves out that campaign, whose users stay taken, until it is removed",
    async (document) => {
      const { campaigns } = stores;
      await assign("spring");
      await campaigns.create(exampleCampaign({ id: "summer" }));
      await damage(`UPDATE campaigns SET document = ${document} WHERE id = 'spring'`);
      expect((await campaigns.campaigns()).map(({ id }) => id)).toEqual(["summer"]);
      expect(named()).toEqual(["campaigns/spring"]);
      await expect(campaigns.campaign("spring")).rejects.toThrow(StoreDamaged);
      await expect(campaigns.create(exampleCampaign())).rejects.toThrow(/spring/);
      expect(idsOf(await all(campaigns.overlapping({ from: time, before: time + 1 })))).toEqual(people);
      expect([...(await campaigns.assignmentsOf(people)).keys()].sort()).toEqual(people);
      expect(await campaigns.remove("spring")).toBe(3);
      expect((await campaigns.assignmentsOf(people)).size).toBe(0);
    },
  );

  it("among the contacts is left out where they are listed, and there and among the opt-outs still keeps its user from being contacted", async () => {
    const { contacts } = stores;
    await contacts.append(people.map((userId) => ({ userId, time, campaignId: "spring", channel: "mail" })));
    await contacts.optOut(people.map((userId) => ({ userId, time })));
    await damage("UPDATE contacts SET time = NULL WHERE user_id = 'ben'");
    expect(idsOf(await all(contacts.contacts("spring")))).toEqual(others);
    expect(await contacts.contactsOf("ben")).toEqual([]);
    expect(named()).toEqual(["contacts/ben"]);
    for (const value of ["NULL", "'NaN'", "'inf'"]) {
      await damage(`UPDATE opt_outs SET time = ${value} WHERE user_id = 'ben'`);
      await damage("UPDATE contacts SET time = 'NaN' WHERE user_id = 'ben'");
      told = [];
      const states = await contacts.statesOf(people, time);
      // It may have been at the end of its month.
      expect(states.get("ben")).toEqual({ lastContactedAt: Date.UTC(2026, 1, 1) - 1, optedOutAt: 0 });
      expect(named()).toEqual(["contacts/ben", "opt_outs/ben"]);
      expect((await contacts.statesOf(people, Date.UTC(2026, 1, 1))).get("ben")).toMatchObject({
        lastContactedAt: undefined,
      });
      expect(states.get("ann")).toEqual({ lastContactedAt: time, optedOutAt: time });
    }
  });

  it("among the lines of the audit leaves out that line, which is told unless a crash cut it off", async () => {
    const entry = { at: time, who: "ann", from: "here", action: "key.created" };
    await stores.audit.append({ ...entry, id: "first" });
    await appendFile(
      join(folder, "audit.ndjson"),
      `{"id":"second","at":"damaged","action":"key.created"}\n{"id":"third","at"`,
    );
    await stores.audit.append({ ...entry, id: "fourth" });
    expect((await all(stores.audit.entries())).map(({ id }) => id).sort()).toEqual(["first", "fourth"]);
    expect(told).toMatchObject([{ purpose: "read the audit", documents: 1 }]);
    expect(named()).toEqual(["audit.ndjson/second"]);
  });

  it("among the runs counts as none, so that the next can begin", async () => {
    const run = { id: "first", slices: 1, plan: {} };
    const first = await stores.runs.begin("score", run);
    await damage("UPDATE runs SET runs = '[{'");
    expect(await stores.runs.newest("score")).toBeUndefined();
    const second = await stores.runs.begin("score", { ...run, id: "second" }, first?.number);
    expect(second?.number).toBeGreaterThan(first?.number ?? Number.NaN);
    expect(await stores.runs.endSlice("score", "second", 0, {})).toMatchObject({ id: "second" });
    expect(named()).toEqual(["runs/score"]);
    // It is kept, for a person to look at.
    await damage(`DELETE FROM runs WHERE job = 'score damaged ${time}' AND runs = '[{'`);
  });
});

async function putFeatures(id = "set", users = people): Promise<void> {
  const definition = { churn, actions: ["login"] };
  await stores.features.putSet({ id, snapshot: day, definition, populations: [churn], names: ["a"] });
  await stores.features.put(
    id,
    users.map((userId, i) => ({ userId, lapsed: [null], values: [i] })),
  );
  await stores.features.completeSet(id);
}

/** An action of each user on each of so many days before. */
async function appendDays(users: readonly string[], days: number): Promise<void> {
  for (let ago = 0; ago < days; ago++)
    await stores.actions.append(users.map((userId) => ({ userId, action: "login", time: time - ago * 86_400_000 })));
  await stores.actions.rollUp();
}

function entryOf(userId: string) {
  return { userId, snapshot: day, modelVersion: "v1", role: "champion", state: "here", probability: 0.5 } as const;
}

function contactOf(userId: string) {
  return { userId, time, campaignId: "spring", channel: "mail" };
}

async function assign(id: string, users = people): Promise<void> {
  const campaign = exampleCampaign({ id });
  await stores.campaigns.create(campaign);
  await stores.campaigns.assign(
    campaign,
    users.map((userId) => ({ userId, arm: "control", assignedAt: time, covariates: [], outcomes: [] })),
  );
  await stores.campaigns.freeze(id);
}
