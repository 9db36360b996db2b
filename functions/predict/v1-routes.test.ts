import { afterEach, describe, expect, it } from "vitest";
import { logOddsOf, probabilityOf } from "#churn/model/predict.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { type ExamplePredictor, startExamplePredictor } from "#test/support/example-predictor.ts";

const manifest = exampleManifest();
const risky = manifest.typical.map((value, j) => (manifest.features[j] === "days_since_last" ? 30 : value));

const set = {
  id: "s",
  snapshot: 19_875,
  definition: manifest.definition,
  populations: [manifest.definition.churn],
  names: manifest.features,
};

/** Has the typical user's features of ana, and knows that bob has lapsed. */
const anaAndBob: Pick<FeatureStore, "get"> = {
  get: async () =>
    new Map([
      ["ana", { userId: "ana", set, lapsed: [null], values: manifest.typical }],
      ["bob", { userId: "bob", set, lapsed: [19_723], values: [] }],
    ]),
};

const started: ExamplePredictor[] = [];

async function start(options?: Parameters<typeof startExamplePredictor>[0]): Promise<ExamplePredictor> {
  const predictor = await startExamplePredictor(options);
  started.push(predictor);
  return predictor;
}

afterEach(async () => {
  for (const predictor of started.splice(0)) await predictor.close();
});

describe("V1", () => {
  it("lists the model, which is not ready before there is a version in service", async () => {
    const predictor = await start();
    expect(await predictor.get("/v1/models")).toMatchObject({ status: 200, body: { models: ["churn"] } });
    expect(await predictor.get("/v1/models/churn")).toMatchObject({
      status: 503,
      body: { name: "churn", ready: false },
    });
    const early = await predictor.post("/v1/models/churn:predict", { instances: [risky] });
    expect(early).toMatchObject({ status: 503, body: { error: "No model is in service yet." } });
    await predictor.promote("v1");
    expect(await predictor.get("/v1/models/churn")).toMatchObject({
      status: 200,
      body: { name: "churn", ready: true },
    });
  });

  it("predicts each kind of instance in its place, and tells what is wrong with the others in theirs", async () => {
    const predictor = await start({ features: anaAndBob });
    await predictor.promote("v1");
    const features = Object.fromEntries(manifest.features.map((name, j) => [name, risky[j]]));
    const actions = [{ action: "login", timestamp: "2024-05-20T10:00:00Z" }];
    const { status, body } = await predictor.post("/v1/models/churn:predict", {
      instances: [
        risky,
        { user_id: "ana" },
        { user_id: 'e"ve' },
        { features },
        { features: { trend_90d: 1 } },
        { user_id: "new", actions },
        { user_id: "bob" },
        { user_id: "was", actions, at: "2024-07-01" },
        manifest.typical.map((value, j) => (manifest.features[j] === "days_since_last" ? 31 : value)),
      ],
    });
    const high = {
      state: "here",
      probability: expect.closeTo(probabilityOf(manifest.parameters, risky), 9),
      risk: "high",
      model_version: "v1",
    };
    expect(status).toBe(200);
    expect(body).toEqual({
      predictions: [
        high,
        {
          user_id: "ana",
          state: "here",
          probability: expect.closeTo(probabilityOf(manifest.parameters, manifest.typical), 9),
          risk: "low",
          model_version: "v1",
        },
        { user_id: 'e"ve', error: expect.stringContaining("This user is not known") },
        high,
        { error: expect.stringContaining("features: missing: actions_90d") },
        { user_id: "new", state: "here", probability: expect.any(Number), risk: "high", model_version: "v1" },
        { user_id: "bob", state: "lapsed", lapsed_since: "2024-01-01", model_version: "v1" },
        { user_id: "was", state: "lapsed", lapsed_since: "2024-06-20", model_version: "v1" },
        { state: "lapsed", model_version: "v1" },
      ],
    });
    const counts = await predictor.metrics.getSingleMetric("lapse_predictions_total")?.get();
    expect(Object.fromEntries(counts!.values.map(({ labels, value }) => [labels.outcome, value]))).toMatchObject({
      lapsed: 3,
      unknown_user: 1,
      invalid: 1,
    });
  });

  it("takes an empty list, and 1,000 instances but not more", async () => {
    const predictor = await start();
    await predictor.promote("v1");
    expect(await predictor.post("/v1/models/churn:predict", { instances: [] })).toMatchObject({
      body: { predictions: [] },
    });
    const full = await predictor.post("/v1/models/churn:predict", { instances: new Array(1000).fill(risky) });
    expect((full.body as { predictions: unknown[] }).predictions).toHaveLength(1000);
    const over = await predictor.post("/v1/models/churn:predict", { instances: new Array(1001).fill(risky) });
    expect(over).toMatchObject({ status: 413, body: { error: expect.stringContaining("at most 1000") } });
  });

  it("explains by contributions that add up to the difference in log-odds from the baseline", async () => {
    const predictor = await start({ features: anaAndBob });
    await predictor.promote("v1");
    const { body } = await predictor.post("/v1/models/churn:explain", {
      instances: [risky, { user_id: "eve" }, { user_id: "ana" }, { user_id: "bob" }],
    });
    const { predictions, explanations } = body as { predictions: object[]; explanations: Explained[] };
    expect(explanations.map(({ reasons, baseline, other_contributions, ...prediction }) => prediction)).toEqual(
      predictions,
    );
    expect(explanations[1]).toEqual({ user_id: "eve", error: expect.any(String) });
    expect(explanations[3]).toMatchObject({ user_id: "bob", state: "lapsed", lapsed_since: "2024-01-01" });
    for (const [place, x] of [
      [0, risky],
      [2, manifest.typical],
    ] as const) {
      const { reasons, baseline, other_contributions } = explanations[place]!;
      const sum = reasons.reduce((total, { contribution }) => total + contribution, other_contributions);
      expect(reasons).toHaveLength(x === risky ? 1 : 0);
      expect(baseline).toBeCloseTo(probabilityOf(manifest.parameters, manifest.typical), 12);
      expect(sum).toBeCloseTo(logOddsOf(manifest.parameters, x) - logOddsOf(manifest.parameters, manifest.typical), 9);
    }
    expect(explanations[0]!.reasons[0]).toMatchObject({
      feature: "days_since_last",
      value: 30,
      sentence: expect.stringContaining("30 days"),
    });
  });

  it("gives as many reasons as asked for, and what the others add as one number", async () => {
    const predictor = await start();
    await predictor.promote("v1");
    const unlike = manifest.typical.map((value) => value + 3);
    const explained = async (count: number) => {
      const { body } = await predictor.post(`/v1/models/churn:explain?reasons=${count}`, { instances: [unlike] });
      return (body as { explanations: Explained[] }).explanations[0]!;
    };
    const [all, two] = [await explained(1000), await explained(2)];
    // Rhythm, activity, value, tenure, login and purchase.
    expect(all.reasons).toHaveLength(6);
    expect(all.other_contributions).toBe(0);
    expect(two.reasons).toHaveLength(2);
    const strongest = all.reasons.toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
    expect(two.reasons).toEqual(expect.arrayContaining(strongest.slice(0, 2)));
    expect(two.other_contributions).toBeCloseTo(
      strongest.slice(2).reduce((sum, { contribution }) => sum + contribution, 0),
      12,
    );
    const wrong = await predictor.post("/v1/models/churn:explain?reasons=all", { instances: [unlike] });
    expect(wrong).toMatchObject({ status: 400, body: { error: expect.stringContaining("reasons") } });
  });

  it("fails as a whole when users are asked for and the store does not answer, and works without it otherwise", async () => {
    const features: Pick<FeatureStore, "get"> = {
      async get() {
        throw new StoreUnavailable("A store that this service needs is not available now; try again later.");
      },
    };
    const predictor = await start({ features });
    await predictor.promote("v1");
    const asked = await predictor.post("/v1/models/churn:predict", { instances: [risky, { user_id: "ana" }] });
    expect(asked).toMatchObject({
      status: 503,
      body: { error: "A store that this service needs is not available now; try again later." },
    });
    expect(await predictor.post("/v1/models/churn:predict", { instances: [risky] })).toMatchObject({ status: 200 });
  });

  it.each([
    ["{", "not valid JSON"],
    ["", "not valid JSON"],
    [[1, 2], "instances is not an array"],
    [{ instances: { user_id: "ana" } }, "instances is not an array"],
    [{ inputs: [] }, "instances is not an array"],
  ])("answers 400 to the body %j", async (body, message) => {
    const predictor = await start();
    await predictor.promote("v1");
    const answer = await predictor.post("/v1/models/churn:predict", body);
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(message) } });
  });
});

interface Explained {
  readonly baseline: number;
  readonly other_contributions: number;
  readonly reasons: readonly { feature: string; contribution: number }[];
}
