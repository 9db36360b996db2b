import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { logLoss } from "./log-loss.ts";
import { pairedDifference, pairedDifferenceWithin } from "./paired-bootstrap.ts";

const random = randomFrom("paired");
const truth = Float64Array.from({ length: 2000 }, () => random());
const y = Uint8Array.from(truth, (p) => (random() < p ? 1 : 0));
const users = Array.from(truth, (_, row) => `user-${row % 700}`);
const vague = truth.map((p) => 0.25 + p / 2);

describe("pairedDifference", () => {
  it("is the loss of A less that of B, with an interval on the side of the better model", () => {
    const { value, low, high } = pairedDifference(y, truth, vague, users, "seed");
    expect(value).toBeCloseTo(logLoss(y, truth) - logLoss(y, vague), 12);
    expect(low).toBeLessThan(value);
    expect(value).toBeLessThan(high);
    expect(high).toBeLessThan(0);
  });

  it("is turned round with the models", () => {
    const forth = pairedDifference(y, truth, vague, users, "seed");
    const back = pairedDifference(y, vague, truth, users, "seed");
    expect(back.value).toBeCloseTo(-forth.value, 12);
    expect(back.low).toBeCloseTo(-forth.high, 12);
    expect(back.high).toBeCloseTo(-forth.low, 12);
  });

  it("has the bounds of the interval about two standard errors away", () => {
    const { value, low, high } = pairedDifference(y, truth, vague, users, "seed");
    const within = pairedDifferenceWithin(1.96, y, truth, vague, users, "seed");
    expect(within.value).toBe(value);
    expect((within.value - within.low) / (value - low)).toBeCloseTo(1, 1);
    expect((within.high - within.value) / (high - value)).toBeCloseTo(1, 1);
  });

  it("is nothing between a model and itself", () => {
    expect(pairedDifference(y, truth, truth, users, "seed")).toEqual({ value: 0, low: 0, high: 0 });
  });

  it("cannot tell apart models that differ by noise", () => {
    const noisy = () => truth.map((p) => Math.min(1, Math.max(0, p + (random() - 0.5) / 20)));
    const { low, high } = pairedDifference(y, noisy(), noisy(), users, "seed");
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });
});
