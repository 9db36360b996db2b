import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Score } from "#churn/score.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { type Fault, FaultyProxy, type ProxiedRequest } from "#test/support/faulty-proxy.ts";
import type { Elasticsearch, ElasticsearchOptions } from "../../connections/elasticsearch/connection.ts";
import { userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { StoreUnavailable } from "../../failures.ts";
import { describeFeatureStore } from "../feature-store.contract.ts";
import type { FeatureRow, FeatureSet } from "../feature-store.ts";
import { ElasticsearchFeatureStore } from "./feature-store.ts";

describeFeatureStore("ElasticsearchFeatureStore", async () => {
  const elasticsearch = testConnection();
  return {
    store: new ElasticsearchFeatureStore(elasticsearch, { now: Date.now }),
    reopen: async () => new ElasticsearchFeatureStore(elasticsearch, { now: Date.now }),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});

describe("features in Elasticsearch", () => {
  let direct: Elasticsearch;
  let proxy: FaultyProxy;
  let connections: Elasticsearch[];
  /** Through the proxy, like everything below unless it says otherwise. */
  let store: ElasticsearchFeatureStore;

  beforeEach(async () => {
    direct = testConnection();
    proxy = await FaultyProxy.start(direct.options.url);
    connections = [];
    store = openDisturbed({ retryMilliseconds: 1_000 });
  });

  afterEach(async () => {
    for (const connection of connections) await connection.close();
    await proxy.close();
    await removePrefix(direct);
    await direct.close();
  });

  function openDisturbed(options: Partial<ElasticsearchOptions>): ElasticsearchFeatureStore {
    const connection = testConnection({ ...direct.options, url: proxy.url, ...options });
    connections.push(connection);
    return new ElasticsearchFeatureStore(connection, { now: Date.now });
  }

  /** The requests to the server from now on, such as "POST /_bulk". */
  function recorded(): readonly string[] {
    const requests: string[] = [];
    proxy.fault = ({ method, path }) => {
      requests.push(`${method} ${path.split("?")[0]}`);
      return undefined;
    };
    return requests;
  }

  /** The same indices, undisturbed. */
  const directly = () => new ElasticsearchFeatureStore(direct, { now: Date.now });

  it("are fetched in one request, and their set once", async () => {
    const writer = directly();
    await writer.putSet(april);
    await writer.put("april", [row("ann", 1), row("ben", 2)]);
    const requests = recorded();
    await store.get(["ann", "ben"]);
    await store.get(["ann", "nobody"]);
    await store.get(["ben"]);
    const { prefix } = direct.options;
    const mget = `POST /${prefix}-features/_mget`;
    const get = `GET /${prefix}-features/_doc/${userDocumentId("ben")}`;
    expect(requests).toEqual([mget, `GET /${prefix}-feature-sets/_doc/sets`, mget, get]);
  });

  it("of an index that an older lapse made are replaced, once it has the fields of this one", async () => {
    const index = direct.index("features");
    const keyword = { type: "keyword" } as const;
    const properties = { set: keyword, values: { type: "object", enabled: false } } as const;
    await direct.run("make an old index", async (client) => {
      const mappings = {
        dynamic: "strict",
        properties: { user: { properties: { id: keyword } }, lapse: { properties } },
      } as const;
      await client.indices.create({ index, mappings });
      const old = { user: { id: "ann" }, lapse: { set: "april", values: [1] } };
      await client.index({ index, id: userDocumentId("ann"), document: old, version: 1, version_type: "external" });
    });
    const store = directly();
    await store.putSet(april);
    expect((await store.get(["ann"])).get("ann")).toEqual({ userId: "ann", lapsed: [], values: [1], set: april });
    await store.put("april", [row("ann", 2), { userId: "ben", lapsed: [19_800], values: [] }]);
    expect((await store.get(["ann"])).get("ann")).toEqual({ ...row("ann", 2), set: april });
    expect(await store.countUsers("april")).toEqual({ here: 1, lapsed: 1 });
  });

  it("are read without a right to do more than that", async () => {
    const requests = recorded();
    await store.get(["ann"]);
    await store.topScores(3);
    expect(await store.currentSet()).toBeUndefined();
    expect(requests.filter((request) => /template|^PUT/.test(request))).toEqual([]);
  });

  it("are all written when the server refuses some at first", async () => {
    await store.putSet(april);
    let bulks = 0;
    proxy.fault = (request) =>
      isBulk(request) && bulks++ < 2 ? refuseItems((position) => position % 2 === 0) : undefined;
    await store.put("april", rows(9));
    expect(bulks).toBe(3);
    expect((await store.get(rows(9).map(({ userId }) => userId))).size).toBe(9);
  });

  it("are unavailable, with how many, when the server goes on refusing some", async () => {
    await store.putSet(april);
    proxy.fault = (request) => (isBulk(request) ? refuseItems((position) => position < 2) : undefined);
    await expect(store.put("april", rows(5))).rejects.toThrow(StoreUnavailable);
    await expect(store.put("april", rows(5))).rejects.toThrow(/did not take 2 of 5 \(429: rejected execution/);
    await expect(store.putScores([score("ann", 0.5), score("ben", 0.5)])).rejects.toThrow("2 of 2");
    proxy.fault = () => undefined;
    await store.put("april", rows(5));
    expect(await collect(store.rows("april"))).toHaveLength(5);
  });

  it("survive a connection that breaks before or after they are written", async () => {
    await store.putSet(april);
    for (const kind of ["drop", "lose-answer"] as const) {
      let bulks = 0;
      proxy.fault = (request) => (isBulk(request) && bulks++ === 0 ? { kind } : undefined);
      await store.put("april", [row("ann", 1), row("ben", 2)]);
      expect(bulks).toBe(2);
      expect(await collect(store.rows("april"))).toEqual([row("ann", 1), row("ben", 2)]);
    }
  });

  it("are unavailable, not absent, when they cannot be read", async () => {
    const hasty = openDisturbed({ retryMilliseconds: 0 });
    await store.putSet(april);
    await store.put("april", [row("ann", 1)]);
    const faults: Fault[] = [refuse(503), refuse(429), { kind: "drop" }, { kind: "lose-answer" }];
    for (const fault of faults) {
      proxy.fault = () => fault;
      await expect(hasty.get(["ann"])).rejects.toThrow(StoreUnavailable);
      await expect(collect(hasty.rows("april"))).rejects.toThrow(StoreUnavailable);
      await expect(hasty.topScores(1)).rejects.toThrow(StoreUnavailable);
      await expect(hasty.prune("april")).rejects.toThrow(StoreUnavailable);
      await expect(hasty.erase(["ann"])).rejects.toThrow(StoreUnavailable);
      await expect(hasty.putSet(april)).rejects.toThrow(StoreUnavailable);
      await expect(openDisturbed({ retryMilliseconds: 500 }).currentSet()).rejects.toThrow(StoreUnavailable);
    }
    proxy.fault = () => undefined;
    const { prefix } = direct.options;
    await direct.run("close", (client) => client.indices.close({ index: `${prefix}-features` }));
    await expect(hasty.get(["ann"])).rejects.toThrow(/index_closed/);
    await direct.run("open", (client) => client.indices.open({ index: `${prefix}-features` }));
  });

  it("fail after the timeout", async () => {
    const hasty = openDisturbed({ timeoutMilliseconds: 200 });
    proxy.fault = () => ({ kind: "hang" });
    await expect(hasty.get(["ann"])).rejects.toThrow("did not answer within 200 ms");
  });

  it("are not mixed up when two users have one document id", async () => {
    await store.putSet(april);
    await store.put("april", [row("ben", 1)]);
    const index = `${direct.options.prefix}-features`;
    await direct.run("forge a document", (client) =>
      client.index({
        index,
        id: userDocumentId("ann"),
        document: { user: { id: "eve" }, lapse: { bucket: 0, set: "april", snapshot: "2024-04-01", values: [6] } },
      }),
    );
    expect([...(await store.get(["ann", "ben"])).keys()]).toEqual(["ben"]);
  });

  it("are replaced even after the index of the sets was lost", async () => {
    await store.putSet(april);
    await store.putSet({ ...april, id: "may" });
    await store.put("may", [row("ann", 1)]);
    await direct.run("lose the sets", (client) =>
      client.indices.delete({ index: `${direct.options.prefix}-feature-sets` }),
    );
    const restarted = directly();
    expect(await restarted.get(["ann"])).toEqual(new Map());
    await sleep(2);
    await restarted.putSet(april);
    await restarted.put("april", [row("ann", 2)]);
    expect(await collect(restarted.rows("april"))).toEqual([row("ann", 2)]);
  });

  it("are found and deleted by the page", async () => {
    await store.putSet(april);
    await store.put("april", rows(6_000));
    await store.putScores(rows(5_500).map(({ userId, values }) => score(userId, (values[0] ?? 0) / 10_000)));
    const top = await store.topScores(2_500);
    expect(top.map(({ userId }) => userId)).toEqual(
      rows(5_500)
        .map(({ userId }) => userId)
        .toReversed()
        .slice(0, 2_500),
    );
    await store.putSet({ ...april, id: "may" });
    await store.put("may", rows(10));
    await store.putScores([score("left over", 0.9)]);
    expect(await store.prune("may")).toBe(5_991);
    expect(await store.topScores(100)).toHaveLength(10);
    expect(await store.erase(rows(6_000).map(({ userId }) => userId))).toEqual({ features: 10, scores: 10 });
  });

  it("are erased although a run writes them at the same time", async () => {
    await store.putSet(april);
    await store.put("april", [row("ann", 1)]);
    const writer = directly();
    let bulks = 0;
    proxy.fault = async (request) => {
      // Between reading what is there and deleting it.
      if (isBulk(request) && bulks++ === 0) {
        await writer.putSet({ ...april, id: "may" });
        await writer.put("may", [row("ann", 2)]);
      }
      return undefined;
    };
    expect((await store.erase(["ann"])).features).toBe(1);
    expect(await store.get(["ann"])).toEqual(new Map());
  });

  it("stay when another run writes them while they are pruned", async () => {
    await store.putSet(april);
    await store.put("april", [row("ann", 1), row("ben", 1)]);
    await store.putScores([score("ann", 0.1), score("ben", 0.2)]);
    const june = { ...april, id: "june" };
    await store.putSet(june);
    await store.put("june", [row("ann", 2)]);
    const writer = directly();
    let bulks = 0;
    proxy.fault = async (request) => {
      if (isBulk(request) && bulks++ === 0) {
        await writer.putSet({ ...april, id: "july" });
        await writer.put("july", [row("ann", 3), row("ben", 3)]);
      }
      return undefined;
    };
    expect(await store.prune("june")).toBe(0);
    expect(await collect(store.rows("july"))).toEqual([row("ann", 3), row("ben", 3)]);
    expect((await store.topScores(5)).map(({ userId }) => userId)).toEqual(["ben", "ann"]);
  });
});

const april: FeatureSet = {
  id: "april",
  snapshot: 19_814,
  definition: { churn: { churnDays: 30, leadDays: 0, observeDays: 90 }, actions: [] },
  populations: [{ churnDays: 30, leadDays: 0, observeDays: 90 }],
  names: ["actions_30"],
};

function row(userId: string, value: number): FeatureRow {
  return { userId, lapsed: [null], values: [value] };
}

function rows(count: number): FeatureRow[] {
  return Array.from({ length: count }, (_, i) => row(`user-${i}`, i));
}

function score(userId: string, probability: number): Score {
  return { userId, snapshot: 19_814, probability, risk: "medium", modelVersion: "v1", reasons: [] };
}

async function collect(found: AsyncIterable<FeatureRow>): Promise<FeatureRow[]> {
  const all: FeatureRow[] = [];
  for await (const one of found) all.push(one);
  return all;
}

function isBulk({ path }: ProxiedRequest): boolean {
  return path.startsWith("/_bulk");
}

function refuse(status: number): Fault {
  return { kind: "refuse", status, type: "some_exception", reason: "not now" };
}

function refuseItems(refused: (position: number) => boolean): Fault {
  return { kind: "refuse-items", status: 429, refused };
}
