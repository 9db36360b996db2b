import { afterEach, beforeEach, expect, it } from "vitest";
import type { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { ElasticsearchFeatureStore } from "#stores/features/elasticsearch/feature-store.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { type ExamplePredictor, startExamplePredictor } from "#test/support/example-predictor.ts";
import { type Fault, FaultyProxy } from "#test/support/faulty-proxy.ts";
import { FeatureMemory } from "./feature-memory.ts";
import { LazyFeatureStore } from "./lazy-feature-store.ts";
import { RevisionWatch } from "./revision-watch.ts";

const { definition, features: names, typical } = exampleManifest();

let direct: Elasticsearch;
let writer: ElasticsearchFeatureStore;
let proxy: FaultyProxy;
let elasticsearch: Elasticsearch;
let predictor: ExamplePredictor;

beforeEach(async () => {
  direct = testConnection();
  writer = new ElasticsearchFeatureStore(direct, { now: Date.now });
  await writer.putSet({ id: "set", snapshot: 19_875, definition, populations: [definition.churn], names });
  await writer.put("set", [{ userId: "ana", lapsed: [null], values: typical }]);
  proxy = await FaultyProxy.start(direct.options.url);
  elasticsearch = testConnection({ ...direct.options, url: proxy.url, timeoutMilliseconds: 1_000 });
  const features = new LazyFeatureStore(async () => new ElasticsearchFeatureStore(elasticsearch, { now: Date.now }));
  predictor = await startExamplePredictor({ features });
  await predictor.promote("v1");
});

afterEach(async () => {
  await predictor.close();
  await elasticsearch.close();
  await proxy.close();
  await removePrefix(direct);
  await direct.close();
});

/** Without addresses: these are for the people who run lapse, and are in the log. */
const storeAway = "A store that this service needs is not available now; try again later.";

const predict = (...instances: unknown[]) => predictor.post("/v1/models/churn:predict", { instances });

const infer = (userId: string) =>
  predictor.post("/v2/models/churn/infer", {
    inputs: [{ name: "user_id", datatype: "BYTES", shape: [1], data: [userId] }],
  });

const faults: [string, Fault][] = [
  ["does not answer", { kind: "hang" }],
  ["breaks connections", { kind: "drop" }],
  ["is restarting", { kind: "refuse", status: 503, type: "master_not_discovered_exception", reason: "not yet" }],
];

it.each(faults)(
  "asks to try again for stored users while Elasticsearch %s, and predicts all others",
  async (_, fault) => {
    proxy.fault = () => fault;
    // At first before the store has been opened at all.
    for (let round = 0; round < 2; round++) {
      for (const answer of [await predict({ user_id: "ana" }), await infer("ana")]) {
        expect(answer).toMatchObject({ status: 503, body: { error: storeAway } });
        expect(answer.headers.get("retry-after")).toBe("5");
      }
      expect(await predict(typical)).toMatchObject({ status: 200 });
      const actions = [{ action: "login", timestamp: "2024-05-20T10:00:00Z" }];
      expect(await predict({ user_id: "new", actions })).toMatchObject({ status: 200 });

      proxy.fault = () => undefined;
      const unknown = { user_id: "nobody", error: expect.stringContaining("This user is not known") };
      expect(await predict({ user_id: "ana" }, { user_id: "nobody" })).toMatchObject({
        status: 200,
        body: { predictions: [{ user_id: "ana", risk: "low" }, unknown] },
      });
      proxy.fault = () => fault;
    }
  },
);

/** A predictor with a memory that may be used for 10 s without the store, by a clock that the test sets. */
async function startWithMemory() {
  const time = { now: 0 };
  const store = new LazyFeatureStore(async () => new ElasticsearchFeatureStore(elasticsearch, { now: Date.now }));
  const watch = new RevisionWatch({
    store,
    milliseconds: 1_000,
    longestWithout: 10_000,
    patience: 2_000,
    clock: () => time.now,
  });
  const features = new FeatureMemory({ store, watch, bytes: 1_000_000, deadlineMilliseconds: 5_000 });
  await predictor.close();
  predictor = await startExamplePredictor({ features });
  await predictor.promote("v1");
  return time;
}

it.each(faults)("predicts users in memory for a while when Elasticsearch %s, and no others", async (_, fault) => {
  const time = await startWithMemory();
  await writer.prune("set");
  await writer.completeSet("set");
  expect(await predict({ user_id: "ana" })).toMatchObject({ status: 200 });
  proxy.fault = () => fault;
  for (const now of [900, 1_900, 9_900]) {
    time.now = now;
    expect(await predict({ user_id: "ana" })).toMatchObject({ status: 200, body: { predictions: [{ risk: "low" }] } });
    expect(await predict({ user_id: "eve" })).toMatchObject({ status: 503, body: { error: storeAway } });
  }
  time.now = 11_500;
  expect(await predict({ user_id: "ana" })).toMatchObject({ status: 503, body: { error: storeAway } });
  proxy.fault = () => undefined;
  time.now = 13_000;
  expect(await predict({ user_id: "ana" })).toMatchObject({ status: 200 });
});

it("forgets an erased user, and the set before, with the next look at the revision", async () => {
  const time = await startWithMemory();
  await writer.put("set", [{ userId: "ben", lapsed: [null], values: typical }]);
  await writer.prune("set");
  await writer.completeSet("set");
  const both = [{ user_id: "ana" }, { user_id: "ben" }];
  const [known, unknown] = [{ state: "here" }, { error: expect.stringContaining("not known") }];
  expect(await predict(...both)).toMatchObject({ body: { predictions: [known, known] } });
  await writer.erase(["ana"]);
  time.now = 1_000;
  expect(await predict(...both)).toMatchObject({ body: { predictions: [unknown, known] } });
  await writer.putSet({ id: "next", snapshot: 19_900, definition, populations: [definition.churn], names });
  await writer.put("next", [{ userId: "ben", lapsed: [19_890], values: [] }]);
  time.now = 2_000;
  expect(await predict(...both)).toMatchObject({ body: { predictions: [unknown, { state: "lapsed" }] } });
});

it("reads the users of all who wait in one request", async () => {
  await startWithMemory();
  let reads = 0;
  proxy.fault = async ({ path }) => {
    if (path.includes("_mget")) reads += 1;
    // Long enough for all to come, on a busy machine as well.
    await new Promise((resolve) => setTimeout(resolve, 500));
    return undefined;
  };
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => predict({ user_id: `user-${i}` })));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(reads).toBeLessThanOrEqual(3);
});
