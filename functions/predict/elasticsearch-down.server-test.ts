import { afterEach, beforeEach, expect, it } from "vitest";
import type { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { ElasticsearchFeatureStore } from "#stores/features/elasticsearch/feature-store.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { type ExamplePredictor, startExamplePredictor } from "#test/support/example-predictor.ts";
import { type Fault, FaultyProxy } from "#test/support/faulty-proxy.ts";
import { LazyFeatureStore } from "./lazy-feature-store.ts";

const { definition, features: names, typical } = exampleManifest();

let direct: Elasticsearch;
let proxy: FaultyProxy;
let elasticsearch: Elasticsearch;
let predictor: ExamplePredictor;

beforeEach(async () => {
  direct = testConnection();
  const writer = new ElasticsearchFeatureStore(direct, { now: Date.now });
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

it.each<[string, Fault]>([
  ["does not answer", { kind: "hang" }],
  ["breaks connections", { kind: "drop" }],
  ["is restarting", { kind: "refuse", status: 503, type: "master_not_discovered_exception", reason: "not yet" }],
])("asks to try again for stored users while Elasticsearch %s, and predicts all others", async (_, fault) => {
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
});
