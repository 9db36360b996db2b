import { Ajv } from "ajv";
import { afterEach, describe, expect, it } from "vitest";
import { probabilityOf } from "#churn/model/predict.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import { exampleManifest, exampleParameters } from "#test/support/example-model.ts";
import { type Answer, type ExamplePredictor, startExamplePredictor } from "#test/support/example-predictor.ts";
import { openInferenceSchemas } from "#test/support/open-inference-schemas.ts";

const manifest = exampleManifest();
const { features, typical, parameters } = manifest;
const risky = typical.map((value, j) => (features[j] === "days_since_last" ? 30 : value));
const matrix = { name: "features", shape: [2, features.length], datatype: "FP64", data: [...risky, ...typical] };

const ajv = new Ajv().addSchema(openInferenceSchemas);

function expectSchema(name: keyof typeof openInferenceSchemas.definitions, { body }: Answer): void {
  ajv.validate(`open-inference#/definitions/${name}`, body);
  expect(ajv.errors, JSON.stringify(body)).toBeNull();
}

/** Knows everybody but eve and mal, and that lou and lea have lapsed. */
const stored: Pick<FeatureStore, "get"> = {
  async get(ids) {
    const { definition } = manifest;
    const set = { id: "s", snapshot: 19_875, definition, populations: [definition.churn], names: features };
    const lapsed = ["lou", "lea"];
    return new Map(
      ids
        .filter((id) => id !== "eve" && id !== "mal")
        .map((userId) => [
          userId,
          {
            userId,
            set,
            ...(lapsed.includes(userId) ? { lapsed: [19_723], values: [] } : { lapsed: [null], values: risky }),
          },
        ]),
    );
  },
};

const users = (...data: string[]) => ({ inputs: [{ name: "user_id", shape: [data.length], datatype: "BYTES", data }] });

const started: ExamplePredictor[] = [];

async function start(versions: readonly string[], options?: Parameters<typeof startExamplePredictor>[0]) {
  const predictor = await startExamplePredictor(options);
  started.push(predictor);
  for (const version of versions) await predictor.promote(version);
  return predictor;
}

afterEach(async () => {
  for (const predictor of started.splice(0)) await predictor.close();
});

describe("V2", () => {
  it("describes the server and tells that it lives, with or without a model", async () => {
    const { get } = await start([]);
    for (const path of ["/v2", "/v2/"]) {
      const metadata = await get(path);
      expectSchema("metadata_server_response", metadata);
      expect(metadata).toMatchObject({ status: 200, body: { name: "lapse" } });
    }
    expect(await get("/v2/health/live")).toMatchObject({ status: 200, body: { live: true } });
  });

  it("is ready when a model is in service, or was looked for and there is none yet", async () => {
    const predictor = await start([]);
    expect(await predictor.get("/v2/health/ready")).toMatchObject({ status: 503, body: { ready: false } });
    await predictor.services.champion.refresh();
    expect(await predictor.get("/v2/health/ready"), "nothing to wait for").toMatchObject({ status: 200 });
    expect(await predictor.get("/v2/models/churn/ready")).toMatchObject({ status: 503, body: { ready: false } });
    expect(await predictor.get("/v2/models/churn")).toMatchObject({ status: 503, body: { error: expect.any(String) } });
    await predictor.promote("v1");
    expect(await predictor.get("/v2/health/ready")).toMatchObject({ status: 200, body: { ready: true } });
    expect(await predictor.get("/v2/models/churn/ready")).toMatchObject({
      status: 200,
      body: { name: "churn", ready: true },
    });
  });

  it("describes the model: its versions, its tensors and the order of its features", async () => {
    const { get } = await start(["v1", "v2"]);
    const metadata = await get("/v2/models/churn");
    expectSchema("metadata_model_response", metadata);
    expect(metadata).toMatchObject({
      status: 200,
      body: {
        name: "churn",
        versions: ["v2", "v1"],
        inputs: [
          { name: "features", datatype: "FP64", shape: [-1, features.length] },
          { name: "user_id", datatype: "BYTES", shape: [-1] },
        ],
        properties: { version: "v2", features: JSON.stringify(features) },
      },
    });
  });

  it("infers from vectors, and echoes the id", async () => {
    const { post } = await start(["v1"]);
    const answer = await post("/v2/models/churn/infer", { id: 'a"b', parameters: { any: 1 }, inputs: [matrix] });
    expectSchema("inference_response", answer);
    const expected = [risky, typical].map((x) => expect.closeTo(probabilityOf(parameters, x), 9));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        model_name: "churn",
        model_version: "v1",
        id: 'a"b',
        outputs: [
          { name: "probability", datatype: "FP64", shape: [2], data: expected },
          { name: "risk", datatype: "BYTES", shape: [2], data: ["high", "low"] },
        ],
      },
    });
  });

  it("gives the outputs asked for, in their order", async () => {
    const { post } = await start(["v1"]);
    const outputs = [{ name: "risk" }, { name: "probability" }];
    const { body } = await post("/v2/models/churn/infer", { inputs: [matrix], outputs });
    expect((body as { outputs: object[] }).outputs).toMatchObject(outputs);
    expect(body).not.toHaveProperty("id");
    const one = await post("/v2/models/churn/infer", { inputs: [matrix], outputs: [{ name: "risk" }] });
    expect((one.body as { outputs: object[] }).outputs).toHaveLength(1);
  });

  it("infers for stored users; an unknown one fails the request, which names them", async () => {
    const { post } = await start(["v1"], { features: stored });
    const known = await post("/v2/models/churn/infer", users("ana", "bob", "ana"));
    expectSchema("inference_response", known);
    expect(known.body).toMatchObject({ outputs: [{ shape: [3] }, { data: ["high", "high", "high"] }] });
    const unknown = await post("/v2/models/churn/infer", users("ana", "eve", "mal", "eve"));
    expectSchema("error_response", unknown);
    expect(unknown).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("eve, mal"), users: ["eve", "mal"] },
    });
  });

  it("fails a request for a user who has lapsed, unless it asks for what all users have", async () => {
    const predictor = await start(["v1"], { features: stored });
    const path = "/v2/models/churn/infer";
    const refused = await predictor.post(path, users("ana", "lou", "lea", "lou"));
    expectSchema("error_response", refused);
    expect(refused).toMatchObject({
      status: 400,
      body: {
        error: expect.stringContaining("No prediction for lou, lea: a user who has lapsed"),
        users: ["lou", "lea"],
        lapsed: [
          { user_id: "lou", lapsed_since: "2024-01-01" },
          { user_id: "lea", lapsed_since: "2024-01-01" },
        ],
      },
    });
    const outputs = [{ name: "state" }, { name: "lapsed_since" }];
    const states = await predictor.post(path, { ...users("ana", "lou"), outputs });
    expectSchema("inference_response", states);
    expect(states.body).toMatchObject({
      outputs: [
        { name: "state", datatype: "BYTES", shape: [2], data: ["here", "lapsed"] },
        { name: "lapsed_since", data: ["", "2024-01-01"] },
      ],
    });
    const away = typical.map((value, j) => (features[j] === "days_since_last" ? 31 : value));
    const vectors = { ...matrix, data: [...typical, ...away] };
    expect(await predictor.post(path, { inputs: [vectors] })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("No prediction for row 1") },
    });
    expect((await predictor.post(path, { inputs: [vectors], outputs })).body).toMatchObject({
      outputs: [{ data: ["here", "lapsed"] }, { data: ["", ""] }],
    });
    const all = [...outputs, { name: "risk" }];
    expect((await predictor.post(path, { ...users("ana"), outputs: all })).body).toMatchObject({
      outputs: [{ data: ["here"] }, { data: [""] }, { data: ["high"] }],
    });
  });

  it("serves each version by its path, and no other", async () => {
    const predictor = await start(["v1"]);
    const example = exampleParameters();
    const weights = example.linear.weights.map((weight) => 2 * weight);
    await predictor.promote("v2", { parameters: { ...example, linear: { ...example.linear, weights } } });
    const of = async (path: string) =>
      (await predictor.post(`/v2/models/churn${path}/infer`, { inputs: [matrix] })).body;
    expect(await of("")).toEqual(await of("/versions/v2"));
    expect(await of("/versions/v1")).toMatchObject({
      model_version: "v1",
      outputs: [{ data: [expect.closeTo(probabilityOf(parameters, risky), 9), expect.any(Number)] }, {}],
    });
    expect(await predictor.get("/v2/models/churn/versions/v1/ready")).toMatchObject({
      status: 200,
      body: { ready: true },
    });
    expect(await predictor.get("/v2/models/churn/versions/v1")).toMatchObject({
      body: { properties: { version: "v1" } },
    });
    for (const version of ["v3", "..%2Fv1", ".hidden", "v%00", "x".repeat(65)]) {
      for (const path of [`/v2/models/churn/versions/${version}`, `/v2/models/churn/versions/${version}/ready`]) {
        const answer = await predictor.get(path);
        expectSchema("error_response", answer);
        expect(answer.status, path).toBe(404);
      }
      const inferred = await predictor.post(`/v2/models/churn/versions/${version}/infer`, { inputs: [matrix] });
      expect(inferred.status).toBe(404);
    }
  });

  it("answers a request that is wrong with 400 and the place", async () => {
    const { post } = await start(["v1"]);
    const answer = await post("/v2/models/churn/infer", { inputs: [{ ...matrix, data: [1] }] });
    expectSchema("error_response", answer);
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining("has 1 elements") } });
  });
});
