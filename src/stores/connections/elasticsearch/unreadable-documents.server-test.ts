import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { type Stores, setUpStores } from "../../open-stores.ts";
import { describeUnreadable, type FieldOfUsers, keptAt } from "../../unreadable.contract.ts";
import { type UnreadableDocuments, unreadableName } from "../../unreadable-documents.ts";
import { userDocumentId } from "./document-id.ts";
import { removePrefix } from "./remove-prefix.ts";
import type { Query } from "./search.ts";

// Each test plants a document that the mapping allows and lapse cannot read, as a fault of a disk or of somebody's script may leave it.

const raw = testConnection();
const time = Date.UTC(2026, 0, 5);
const day = time / 86_400_000;
const definition = { churn: { churnDays: 10, leadDays: 0, observeDays: 20 }, actions: ["login"] };
const told: UnreadableDocuments[] = [];

let folder: string;
let stores: Stores;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-unreadable-"));
  const onUnreadable = (documents: UnreadableDocuments) => void told.push(documents);
  stores = await setUpStores({ dataDir: folder, elasticsearch: raw.options, onUnreadable }, () => time);
});

afterEach(() => {
  told.length = 0;
});

afterAll(async () => {
  await stores.close();
  await removePrefix(raw);
  await raw.close();
  await rm(folder, { recursive: true });
});

async function plant(index: string, id: string, document: object): Promise<void> {
  await raw.run("plant a document", (client) => client.index({ index: raw.index(index), id, document, refresh: true }));
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const placeOf = (userId: string) => ({ user: { id: userId }, lapse: { bucket: bucketOf(userId) } });

describeUnreadable("Elasticsearch", async (onUnreadable) => {
  const connection = testConnection();
  const dataDir = await mkdtemp(join(tmpdir(), "lapse-unreadable-"));
  const opened = await setUpStores({ dataDir, elasticsearch: connection.options, onUnreadable }, () => keptAt);
  const changes = {
    actions: ["user-days-2026.01", { days: "damaged" }],
    // Another number of values than the set has names.
    features: ["features", { values: [1, 2] }],
    users: ["users", { state: "unheard of" }],
    ledger: ["ledger-2026.01", { role: "unheard of" }],
    // More than one, which a mapping allows of every field.
    contacts: ["contacts-2026.01", { channel: ["mail", "push"] }],
    campaigns: ["assignments-*", { arm: "unheard of" }],
  } as const;
  const fields: Readonly<Record<FieldOfUsers, [string, object]>> = {
    arm: ["assignments-*", { lapse: { arm: undefined } }],
    assigned: ["assignments-*", { "@timestamp": undefined }],
    closes: ["assignments-*", { lapse: { closes: undefined } }],
    "assigned user": ["assignments-*", { user: undefined }],
    contacted: ["contacts-2026.01", { "@timestamp": undefined }],
    "opted out": ["opt-outs", { "@timestamp": undefined }],
  };
  /** Writes fields of the matching documents anew. */
  async function change(name: string, query: Query, { lapse, ...more }: { readonly lapse?: object }): Promise<number> {
    const index = connection.index(name);
    return connection.run("damage documents", async (client) => {
      await client.indices.refresh({ index });
      const { hits } = await client.search<{ lapse?: object }>({ index, query, size: 1_000, version: true });
      const operations = hits.hits.flatMap(({ _index, _id, _version: version, _source }) => [
        { index: { _index, _id, version, version_type: "external_gte" as const } },
        { ..._source, ...more, ...(lapse === undefined ? {} : { lapse: { ..._source?.lapse, ...lapse } }) },
      ]);
      expect((await client.bulk({ operations, refresh: true })).errors).toBe(false);
      return hits.hits.length;
    });
  }
  return {
    stores: opened,
    async damage(kept, userIds) {
      const [name, lapse] = changes[kept];
      const damaged = await change(name, { terms: { "user.id": [...userIds] } }, { lapse });
      expect(damaged).toBe(userIds.length);
    },
    async remove(field, userIds) {
      const [name, without] = fields[field];
      expect(await change(name, { terms: { "user.id": [...userIds] } }, without)).toBeGreaterThan(0);
    },
    async damageCampaign(id) {
      const damaged = await change("campaigns", { term: { "lapse.campaign": id } }, { lapse: { document: "damaged" } });
      expect(damaged).toBe(1);
    },
    async dispose() {
      await opened.close();
      await removePrefix(connection);
      await connection.close();
      await rm(dataDir, { recursive: true });
    },
  };
});

describe("a document that cannot be read", () => {
  it("among the user-days leaves out that user, until the month is counted again", async () => {
    await stores.actions.append(
      ["ann", "ben", "cat"].flatMap((userId) =>
        [time, Date.UTC(2025, 10, 3)].map((at) => ({ userId, action: "login", time: at })),
      ),
    );
    await stores.actions.rollUp();
    const sound = await all(stores.actions.histories());
    expect(sound.map(({ days }) => days.length)).toEqual([2, 2, 2]);
    const { user, lapse } = placeOf("ben");
    // The earlier month: with the later one alone, the user would be a new one.
    await plant("user-days-2025.11", userDocumentId("ben"), {
      user,
      lapse: { ...lapse, user_days: 1, days: "damaged" },
    });
    await plant("user-days-2025.11", "nameless", { lapse: { bucket: 3, user_days: 1, days: [] } });
    expect(await all(stores.actions.histories())).toEqual(sound.filter(({ userId }) => userId !== "ben"));
    expect([...(await stores.actions.historiesOf(["ann", "ben"])).keys()]).toEqual(["ann"]);
    const named = told.flatMap(({ named }) => named.map(unreadableName));
    expect(named).toContain(`${raw.index("user-days-2025.11")}/nameless`);
    expect(named).toContain(`${raw.index("user-days-*")}/${userDocumentId("ben")}/ben`);
    await stores.actions.append([{ userId: "ben", action: "open", time: Date.UTC(2025, 10, 4) }]);
    await stores.actions.rollUp();
    expect((await stores.actions.historiesOf(["ben"])).get("ben")?.days).toHaveLength(3);
  });

  it("among the features leaves out that user, of a list and of those asked for by id", async () => {
    const { features } = stores;
    await features.putSet({ id: "set", snapshot: day, definition, populations: [definition.churn], names: ["a"] });
    await features.put("set", [
      { userId: "ann", lapsed: [null], values: [1] },
      { userId: "ben", lapsed: [null], values: [2] },
      { userId: "cat", lapsed: [null], values: [3] },
    ]);
    await features.completeSet("set");
    const { user, lapse } = placeOf("ben");
    const damaged = { ...lapse, set: "set", snapshot: "2026-01-05", here: true, lapsed: [null], values: "damaged" };
    const address = { index: raw.index("features"), id: userDocumentId("ben") };
    const there = await raw.run("look", (client) => client.get(address));
    await raw.run("plant a document", (client) =>
      client.index({
        ...address,
        document: { user, lapse: damaged },
        version: there._version ?? 0,
        version_type: "external_gte",
        refresh: true,
      }),
    );
    expect([...(await features.get(["ann", "ben", "cat"])).keys()]).toEqual(["ann", "cat"]);
    const named = [{ place: address.index, key: address.id, userId: "ben" }];
    expect(told).toMatchObject([{ purpose: "read features", documents: 1, named }]);
    expect(told[0]?.problem).toContain("values");
    expect(JSON.stringify(told)).not.toContain("damaged");
    told.length = 0;
    expect((await all(features.rows("set"))).map(({ userId }) => userId)).toEqual(["ann", "cat"]);
    expect(told).toHaveLength(1);
    expect(await features.erase(["ben"])).toMatchObject({ features: 1 });
  });

  it("on the list of users leaves out that user, and pages stay full", async () => {
    const { users } = stores;
    const ids = Array.from({ length: 7 }, (_, i) => `user-${i}`);
    await users.put(
      ids.map((userId) => listedUser(userId)),
      1,
    );
    for (const userId of ["user-1", "user-2"])
      await plant("users", userDocumentId(userId), { user: { id: userId }, lapse: { state: "unheard of" } });
    const query = { filter: {}, order: "user_id", limit: 2 } as const;
    const pages: string[][] = [];
    for (let cursor: string | undefined, isLast = false; !isLast; isLast = cursor === undefined) {
      const page = await users.page({ ...query, cursor });
      pages.push(page.users.map(({ userId }) => userId));
      cursor = page.next;
    }
    expect(pages).toEqual([["user-0", "user-3"], ["user-4", "user-5"], ["user-6"]]);
    expect((await all(users.stream({}, "user_id"))).map(({ userId }) => userId)).toEqual(
      ids.filter((id) => id !== "user-1" && id !== "user-2"),
    );
    expect(told.length).toBeGreaterThan(1);
    // A later list is written over it.
    await users.put(
      ids.map((userId) => listedUser(userId)),
      Date.now(),
    );
    await raw.run("refresh", (client) => client.indices.refresh({ index: raw.index("users") }));
    expect((await users.page({ ...query, limit: 10 })).users).toHaveLength(7);
  });

  it("in the ledger leaves out that entry, and one among the outcomes leaves its entry open", async () => {
    const { ledger } = stores;
    const entryOf = (userId: string) =>
      ({ userId, snapshot: day, modelVersion: "v1", role: "champion", state: "here", probability: 0.5 }) as const;
    await ledger.append(["ann", "ben"].map(entryOf));
    await ledger.appendOutcomes(
      ["ann", "ben"].map((userId) => ({ userId, snapshot: day, modelVersion: "v1", churned: true })),
    );
    const common = { day, bucket: bucketOf("cat"), model_version: "v1" };
    await plant("ledger-2026.01", "x", { user: { id: "cat" }, lapse: { ...common, role: "unheard of" } });
    await plant("outcomes-2026.01", "x", { user: { id: "ann" }, lapse: { ...common, bucket: bucketOf("ann") } });
    const entries = await all(ledger.entries({}));
    expect(entries.map(({ userId, churned }) => [userId, churned]).sort()).toEqual([
      ["ann", true],
      ["ben", true],
    ]);
    expect(told.map(({ documents }) => documents)).toEqual([1, 1]);
  });

  it("among the opt-outs keeps its user from being contacted, and among the campaigns is told of", async () => {
    await plant("opt-outs", userDocumentId("ann"), { user: { id: "ann" } });
    expect((await stores.contacts.statesOf(["ann"], 0)).get("ann")).toEqual({ optedOutAt: 0 });
    await stores.campaigns.create(exampleCampaign({ id: "spring" }));
    await plant("campaigns", "x", { "@timestamp": "2026-01-01T00:00:00Z", lapse: { campaign: "damaged" } });
    expect((await stores.campaigns.campaigns()).map(({ id }) => id)).toEqual(["spring"]);
    expect(told.map(({ purpose }) => purpose)).toEqual(["read contacts", "read the campaigns"]);
  });
});
