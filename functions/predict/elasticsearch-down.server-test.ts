import { afterEach, beforeEach, expect, it } from "vitest";
import { exampleManifest } from "../../churn/example-model.ts";
import { Elasticsearch } from "../../stores/elasticsearch/connection.ts";
import { type Fate, FaultyProxy } from "../../stores/elasticsearch/faulty-proxy.ts";
import {
  type TemporaryElasticsearch,
  temporaryElasticsearch,
} from "../../stores/elasticsearch/temporary-elasticsearch.ts";
import { ElasticsearchFeatureStore } from "../../stores/features/elasticsearch-feature-store.ts";
import { type ExamplePredictor, startExamplePredictor } from "./example-predictor.ts";
import { LazyFeatureStore } from "./lazy-feature-store.ts";

const { definition, features: names, typical } = exampleManifest();

let temporary: TemporaryElasticsearch;
let proxy: FaultyProxy;
let elasticsearch: Elasticsearch;
let predictor: ExamplePredictor;

beforeEach(async () => {
  temporary = temporaryElasticsearch();
  const writer = await ElasticsearchFeatureStore.open(temporary.elasticsearch);
  await writer.putSet({ id: "set", snapshot: 19_875, definition, names });
  await writer.put("set", [{ userId: "ana", values: typical }]);
  proxy = await FaultyProxy.start(temporary.options.url);
  elasticsearch = new Elasticsearch({ ...temporary.options, url: proxy.url, timeoutMilliseconds: 1_000 });
  const features = new LazyFeatureStore(() => ElasticsearchFeatureStore.open(elasticsearch));
  predictor = await startExamplePredictor({ features });
  await predictor.promote("v1");
});

afterEach(async () => {
  await predictor.close();
  await elasticsearch.close();
  await proxy.close();
  await temporary.remove();
});

const predict = (...instances: unknown[]) => predictor.post("/v1/models/churn:predict", { instances });

const infer = (userId: string) =>
  predictor.post("/v2/models/churn/infer", {
    inputs: [{ name: "user_id", datatype: "BYTES", shape: [1], data: [userId] }],
  });

it.each<[string, Fate]>([
  ["does not answer", "hang"],
  ["breaks connections", "break before"],
  ["is restarting", { status: 503 }],
])("asks to try again for stored users while Elasticsearch %s, and predicts all others", async (_, fate) => {
  proxy.fate = () => fate;
  // At first before the store has been opened at all.
  for (let round = 0; round < 2; round++) {
    for (const answer of [await predict({ user_id: "ana" }), await infer("ana")]) {
      expect(answer).toMatchObject({ status: 503, body: { error: expect.stringContaining("Elasticsearch") } });
      expect(answer.headers.get("retry-after")).toBe("5");
    }
    expect(await predict(typical)).toMatchObject({ status: 200 });
    const actions = [{ action: "login", timestamp: "2024-05-20T10:00:00Z" }];
    expect(await predict({ user_id: "new", actions })).toMatchObject({ status: 200 });

    proxy.fate = () => "pass";
    const unknown = { user_id: "nobody", error: expect.stringContaining("No features are stored") };
    expect(await predict({ user_id: "ana" }, { user_id: "nobody" })).toMatchObject({
      status: 200,
      body: { predictions: [{ user_id: "ana", risk: "low" }, unknown] },
    });
    proxy.fate = () => fate;
  }
});
