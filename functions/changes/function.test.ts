import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { formatDay } from "#churn/day.ts";
import { noMeasures } from "#churn/list/measures.ts";
import type { Risk } from "#churn/score.ts";
import { digest, risksTold, userRiskChanged, usersScored } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { EventNotTaken } from "#runtime/failures.ts";
import { toldThrough } from "#stores/audit/list-told.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { handle } from "./function.ts";

const today = 20_500;
const { manifest } = exampleModel({ version: "v1" });
const { high, medium } = manifest.thresholds;
const probabilityOf: Readonly<Record<Risk, number>> = {
  high: (1 + high) / 2,
  medium: (high + medium) / 2,
  low: medium / 2,
};
let folder: string;
let stores: Stores;
let lists = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-changes-"));
  stores = await setUpStores({ dataDir: folder }, () => lists);
  await stores.models.publish({ ...exampleModel({ version: "v1" }), report: "" });
  await stores.models.moveAlias("champion", "v1", undefined, exampleNote);
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

/** Begins a run of score, whose list replaces the one before. */
async function begin(): Promise<void> {
  lists += 1;
  await stores.runs.begin("score", { id: `${lists}`, slices: 1, plan: null });
}

/** The list of one night; who is left out has lapsed if they were on the list before. */
async function night(snapshot: number, risks: Readonly<Record<string, Risk | "lapsed">>): Promise<void> {
  await begin();
  await write(snapshot, risks);
}

async function write(snapshot: number, risks: Readonly<Record<string, Risk | "lapsed">>): Promise<void> {
  const users = Object.entries(risks).map(([userId, risk]) => {
    const common = {
      userId,
      snapshot,
      modelVersion: "v1",
      reasons: [],
      ...noMeasures,
      typicalGap: undefined,
      value: 10,
    };
    return risk === "lapsed"
      ? { ...common, state: "lapsed" as const, lapsedSince: snapshot - 1, probability: undefined, risk: undefined }
      : { ...common, state: "here" as const, lapsedSince: undefined, probability: probabilityOf[risk], risk };
  });
  await stores.ledger.append(
    users.flatMap(({ userId, probability }) =>
      probability === undefined
        ? []
        : [{ ...{ userId, snapshot, modelVersion: "v1", role: "champion", state: "here", probability } }],
    ),
  );
  await stores.users.put(users, lists, { toldThrough: await toldThrough(stores.audit) });
  await stores.users.prune(lists);
}

let sent: LapseEvent[] = [];
const services = () => ({ ...stores, now: () => 1_000, publish: async (event: LapseEvent) => void sent.push(event) });
const scored = usersScored.make({
  ...{
    id: "1",
    source: "/lapse/score",
    extensions: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
    data: { model_version: "v1", users: 1, high: 1, medium: 0, low: 0, lapsed: 0 },
  },
});

/** Everything that is told of the list, as the broker has it told. */
async function told() {
  sent = [];
  let parts = 0;
  let event = await handle(scored, services());
  for (;;) {
    const part = event && risksTold.read(event);
    if (part === undefined) break;
    parts += 1;
    event = await handle(part, services());
  }
  const changes = sent.map((one) => {
    const { user_id, change, previous } = userRiskChanged.read(one)!.data;
    return `${user_id} ${change} ${previous?.risk ?? "-"}`;
  });
  return { changes: changes.sort(), digest: event && digest.read(event)?.data, parts };
}

it("sends an event for each user who entered risk, left it, or lapsed since the list before, and then the digest", async () => {
  await night(today, { ann: "low", ben: "high", cy: "high", dan: "high", eve: "low" });
  await night(today + 1, { ann: "high", ben: "low", cy: "lapsed", dan: "high", eve: "medium" });
  const { changes, digest: day } = await told();
  expect(changes).toEqual(["ann entered low", "ben left high", "cy lapsed high"]);
  expect(day).toMatchObject({
    ...{ snapshot: formatDay(today + 1), here: 4, at_risk: 2, slipping: 1, lapsed: 1 },
    changed: { entered: 1, left: 1, lapsed: 1 },
  });
  expect(day?.top.map(({ user_id }) => user_id)).toEqual(["ann", "dan"]);
});

it("tells who, from what to what, and in which trace, so that a Trigger can filter by it", async () => {
  await night(today, { ann: "low" });
  await night(today + 1, { ann: "high", ben: "high" });
  await told();
  const [ann, ben] = ["ann", "ben"].map((user) => sent.find(({ subject }) => subject === user)!);
  expect(ann).toMatchObject({
    id: expect.stringMatching(new RegExp(`^${formatDay(today + 1)}\\.v1\\.\\d+\\.[0-9a-f]{32}$`)),
    type: "dev.lapse.user.risk.changed",
    extensions: { ...scored.extensions, riskchange: "entered", risk: "high", previousrisk: "low" },
    data: {
      user_id: "ann",
      previous: { risk: "low", probability: probabilityOf.low },
      probability: probabilityOf.high,
    },
  });
  expect(ben?.extensions).not.toHaveProperty("previousrisk");
});

it("says nothing of who goes to and fro between high and medium, and tells when they leave at last", async () => {
  await night(today, { ann: "high" });
  await night(today + 1, { ann: "medium" });
  expect((await told()).changes).toEqual([]);
  await night(today + 2, { ann: "high" });
  expect((await told()).changes).toEqual([]);
  await night(today + 3, { ann: "medium" });
  expect((await told()).changes).toEqual([]);
  await night(today + 4, { ann: "low" });
  expect((await told()).changes).toEqual(["ann left medium"]);
});

it("tells who enters and leaves however long they were at medium risk between, as many as the desk counts", async () => {
  await night(today, { ann: "high", ben: "low", cy: "high", dan: "high" });
  for (let i = 1; i <= 31; i++) {
    await night(today + i, { ann: "medium", ben: "medium", cy: "medium", dan: "medium" });
    expect((await told()).changes).toEqual([]);
  }
  await night(today + 32, { ann: "low", ben: "high", cy: "lapsed", dan: "high", eve: "high" });
  const { changes, digest: day } = await told();
  expect(changes).toEqual(["ann left medium", "ben entered medium", "cy lapsed medium", "eve entered -"]);
  const { entered, calmed, lost } = (await stores.users.totals({})).moved;
  expect(day?.changed).toEqual({ entered, left: calmed, lapsed: lost });
  await night(today + 33, { ann: "high", ben: "high", cy: "high", dan: "medium", eve: "high" });
  expect((await told()).changes).toEqual(["ann entered low", "cy entered lapsed"]);
});

it("tells only of the day where there was no list before, and the same when it is asked again", async () => {
  await night(today, { ann: "high" });
  expect((await told()).changes).toEqual([]);
  await night(today + 1, { ann: "high", ben: "high" });
  await told();
  const once = sent;
  await told();
  expect(sent).toEqual(once);
  expect(once).toHaveLength(1);
});

it("tells of many part by part, of each user once", async () => {
  const users = (risk: Risk) => Object.fromEntries(Array.from({ length: 7_000 }, (_, n) => [`u${n}`, risk]));
  await night(today, users("low"));
  await night(today + 1, users("high"));
  const { changes, digest: day, parts } = await told();
  expect(new Set(changes).size).toBe(7_000);
  expect([changes.length, parts]).toEqual([7_000, 1]);
  expect(day?.changed).toEqual({ entered: 7_000, left: 0, lapsed: 0 });
});

it("fails when the broker does not take an event, with few of them under way, and tells the same when it is tried again", async () => {
  const users = (risk: Risk) => Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`u${n}`, risk]));
  await night(today, users("low"));
  await night(today + 1, users("high"));
  const taken: string[] = [];
  let underWay = 0;
  let most = 0;
  const publish = async ({ id }: LapseEvent) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    if (taken.length >= 40) throw new EventNotTaken("The broker is away.");
    taken.push(id);
  };
  await expect(handle(scored, { ...services(), publish })).rejects.toThrow(EventNotTaken);
  expect([taken.length, underWay]).toEqual([40, 0]);
  expect(most).toBeLessThanOrEqual(16);
  await told();
  expect(sent.map(({ id }) => id)).toEqual(expect.arrayContaining(taken));
  expect(sent).toHaveLength(100);
});

it("tells what changes when the list of a day is made again, under ids of its own, and takes back what no longer holds", async () => {
  await night(today, { ann: "low", ben: "low", cy: "low" });
  await told();
  await night(today + 1, { ann: "high", ben: "high", cy: "low" });
  expect((await told()).changes).toEqual(["ann entered low", "ben entered low"]);
  const first = sent.map(({ id }) => id);
  // By other costs.
  await night(today + 1, { ann: "high", ben: "low", cy: "high" });
  const { changes, digest: day } = await told();
  expect(changes).toEqual(["ben left high", "cy entered low"]);
  expect(day?.changed).toEqual({ entered: 1, left: 1, lapsed: 0 });
  expect(sent.filter(({ id }) => first.includes(id))).toEqual([]);
  // And made again as it was: nothing has changed, and no digest says so.
  await night(today + 1, { ann: "high", ben: "low", cy: "high" });
  expect(await told()).toEqual({ changes: [], digest: undefined, parts: 0 });
  await night(today + 2, { ann: "low", ben: "low", cy: "high" });
  expect((await told()).changes).toEqual(["ann left high"]);
});

it("sums up a day on which nothing changed once, however often its list is made again, and when it is asked again", async () => {
  await night(today, { ann: "high" });
  const first = (await told()).digest;
  expect(first?.changed).toEqual({ entered: 0, left: 0, lapsed: 0 });
  // As when a Broker delivers once more.
  expect((await told()).digest).toEqual(first);
  await night(today, { ann: "high" });
  expect((await told()).digest).toBeUndefined();
  await night(today + 1, { ann: "high" });
  expect((await told()).digest?.changed).toEqual(first?.changed);
  await night(today + 1, { ann: "high" });
  expect((await told()).digest).toBeUndefined();
});

it("loses no change of a list that is replaced before all of it was told", async () => {
  await night(today, { ann: "low", ben: "low" });
  await told();
  await night(today + 1, { ann: "high", ben: "high" });
  const failing = async () => Promise.reject(new EventNotTaken("The broker is away."));
  await expect(handle(scored, { ...services(), publish: failing })).rejects.toThrow(EventNotTaken);
  await night(today + 1, { ann: "high", ben: "low" });
  // What a Broker does not take for all that is known it may have taken.
  expect((await told()).changes).toEqual(["ann entered low", "ben left high"]);
});

it("takes back what was told of a list that is replaced before all of it was told", async () => {
  await night(today, { ann: "low", ben: "low", cy: "high", dan: "high", eve: "low" });
  await told();
  await night(today + 1, { ann: "high", ben: "high", cy: "low", dan: "low", eve: "high", new: "high" });
  const taken: LapseEvent[] = [];
  const publish = async (event: LapseEvent) => {
    if (event.subject === "ben" || event.subject === "dan") throw new EventNotTaken("The broker is busy.");
    taken.push(event);
  };
  await expect(handle(scored, { ...services(), publish })).rejects.toThrow(EventNotTaken);
  expect(taken.map(({ subject }) => subject)).toContain("ann");
  // Only those at medium risk wait until it is known what they are.
  await night(today + 1, { ann: "low", ben: "high", cy: "high", dan: "low", eve: "medium", new: "low" });
  expect((await told()).changes).toEqual([
    ...["ann left high", "ben entered low", "cy entered low", "dan left high", "new left high"],
  ]);
  await night(today + 2, { ann: "low", ben: "high", cy: "high", dan: "low", eve: "low", new: "low" });
  expect((await told()).changes).toEqual(["eve left high"]);
  await night(today + 3, { ann: "low", ben: "high", cy: "high", dan: "low", eve: "low", new: "low" });
  expect((await told()).changes).toEqual([]);
});

it("takes back what was told of several lists in a row that were replaced", async () => {
  await night(today, { ann: "low", ben: "low" });
  await told();
  const half = async () => {
    const publish = async ({ subject }: LapseEvent) => {
      if (subject === "ben") throw new EventNotTaken("The broker is busy.");
    };
    await expect(handle(scored, { ...services(), publish })).rejects.toThrow(EventNotTaken);
  };
  await night(today + 1, { ann: "high", ben: "high" });
  await half();
  // Told again that they left, or not: nobody knows.
  await night(today + 1, { ann: "low", ben: "high" });
  await half();
  await night(today + 2, { ann: "lapsed", ben: "low" });
  expect((await told()).changes).toEqual(["ann lapsed high", "ben left high"]);
});

it("tells no more of a list once a run of score has begun, though it has written nothing yet, and takes back what was", async () => {
  await night(today, { ann: "low" });
  await told();
  await night(today + 1, { ann: "high" });
  const publish = async (event: LapseEvent) => {
    sent.push(event);
    // Meanwhile the next run begins, and reads of which lists others were told.
    await begin();
  };
  sent = [];
  expect(await handle(scored, { ...services(), publish })).toBeUndefined();
  expect(sent.map(({ subject }) => subject)).toEqual(["ann"]);
  await write(today + 1, { ann: "low" });
  expect((await told()).changes).toEqual(["ann left high"]);
});

it("names no list as the previous one that no one was told of", async () => {
  await night(today, { ann: "low" });
  await told();
  await night(today + 1, { ann: "low", cy: "high" });
  await night(today + 2, { ann: "low", cy: "high" });
  expect((await told()).changes).toEqual(["cy entered -"]);
});

it("tells nothing more of a list once another run writes it", async () => {
  await night(today, { ann: "low" });
  await told();
  await night(today + 1, { ann: "high" });
  const former = { ...scored, data: { ...scored.data, run: lists } };
  await begin();
  await stores.users.put([...(await stores.users.get(["ann"])).values()], lists, {
    toldThrough: await toldThrough(stores.audit),
  });
  sent = [];
  expect(await handle(former, services())).toBeUndefined();
  expect(sent).toEqual([]);
  expect((await told()).changes).toEqual(["ann entered low"]);
});

it("stops when the list has been replaced", async () => {
  await night(today, { ann: "low" });
  await night(today + 1, { ann: "high" });
  const part = risksTold.make({
    ...{ id: "1", source: "/lapse/changes" },
    data: {
      ...{ snapshot: formatDay(today), model_version: "v1", told: { entered: 1, left: 0, lapsed: 0 } },
      next: { part: "left" },
    },
  });
  sent = [];
  expect(await handle(part, services())).toBeUndefined();
  expect(sent).toEqual([]);
});
