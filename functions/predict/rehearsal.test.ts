import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type ExamplePredictor, startExamplePredictor } from "#test/support/example-predictor.ts";
import { rehearsePrediction } from "./rehearsal.ts";

let predictor: ExamplePredictor;
beforeEach(async () => {
  predictor = await startExamplePredictor({ features: { get: () => Promise.reject(new Error("a store was asked")) } });
});
afterEach(() => predictor.close());

it("is nothing while no model is in service", async () => {
  expect(await rehearsePrediction(predictor.services)).toBeUndefined();
});

it("predicts by an action and by a vector, and counts and logs nothing", async () => {
  await predictor.promote("v1");
  const [before, logged] = [await predictor.metrics.metrics(), predictor.logged.length];
  const response = await rehearsePrediction(predictor.services);
  const probability = expect.any(Number);
  expect(response?.status).toBe(200);
  expect(JSON.parse(String(response?.body))).toMatchObject({ predictions: [{ probability }, { probability }] });
  expect(await predictor.metrics.metrics()).toBe(before);
  expect(predictor.logged).toHaveLength(logged);
});

it("holds on to the model no longer than it takes", async () => {
  await predictor.promote("v1");
  const model = predictor.services.champion.acquire();
  if (model === undefined) throw new Error("no model");
  const [retain, release] = [vi.spyOn(model, "retain"), vi.spyOn(model, "release")];
  await rehearsePrediction(predictor.services);
  expect(retain).toHaveBeenCalled();
  expect(release).toHaveBeenCalledTimes(retain.mock.calls.length);
  model.release();
});
