import { describe, expect, it } from "vitest";
import { prAuc } from "#test/support/pr-auc.ts";
import { dayOf } from "../day.ts";
import { InvalidInput } from "../failure.ts";
import { evaluationSchema } from "../model/manifest.ts";
import { randomFrom } from "../random.ts";
import { auc } from "./auc.ts";
import { brier } from "./brier.ts";
import { calibrationError } from "./calibration-error.ts";
import { evaluate } from "./evaluate.ts";
import { logLoss } from "./log-loss.ts";

const day = dayOf(Date.UTC(2024, 2, 1));

function sample(rows: number) {
  const random = randomFrom("sample");
  const p = Array.from({ length: rows }, () => Math.round(random() * 1000) / 1000);
  return {
    p,
    y: p.map((probability) => (random() < probability ? 1 : 0)),
    users: p.map((_, row) => `user-${Math.floor(row / 2)}`),
    snapshots: p.map((_, row) => day + 30 * (1 - (row % 2))),
  };
}

describe("evaluate", () => {
  it("fills the evaluation of a manifest with the metrics of the rows", () => {
    const { y, p, users, snapshots } = sample(1000);
    const evaluation = evaluate({ y, p, users, snapshots });
    expect(evaluationSchema.parse(JSON.parse(JSON.stringify(evaluation)))).toEqual(evaluation);
    expect(evaluation.snapshots).toEqual(["2024-03-01", "2024-03-31"]);
    expect(evaluation.rows).toBe(1000);
    expect(evaluation.churned).toBe(y.filter((label) => label === 1).length);
    expect(evaluation.auc.value).toBe(auc(y, p));
    expect(evaluation.prAuc.value).toBe(prAuc(y, p));
    expect(evaluation.logLoss.value).toBeCloseTo(logLoss(y, p), 12);
    expect(evaluation.brier.value).toBeCloseTo(brier(y, p), 12);
    expect(evaluation.ece.value).toBeCloseTo(calibrationError(y, p), 12);
    expect(evaluation.deciles).toHaveLength(10);
    expect(evaluation.reliability).toHaveLength(10);
    expect(evaluation.capture?.value).toBe(evaluation.deciles[0]?.capture);
    for (const metric of ["auc", "prAuc", "logLoss", "brier", "ece", "capture"] as const) {
      const { value, low, high } = evaluation[metric]!;
      expect(low).toBeLessThanOrEqual(value);
      expect(value).toBeLessThanOrEqual(high);
      expect(high - low).toBeGreaterThan(0.001);
      expect(high - low).toBeLessThan(0.1);
    }
  });

  it("has an interval of AUC as wide as the theory says", () => {
    const { y, p } = sample(1000);
    const { auc: area } = evaluate({ y, p, users: p.map((_, row) => `${row}`), snapshots: [day] });
    // Hanley and McNeil 1982, from the exponential approximation: right within a fifth here.
    const [churned, stayed] = [y.filter((label) => label === 1).length, y.filter((label) => label === 0).length];
    const q1 = area.value / (2 - area.value);
    const q2 = (2 * area.value ** 2) / (1 + area.value);
    const square = area.value ** 2;
    const variance =
      (area.value - square + (churned - 1) * (q1 - square) + (stayed - 1) * (q2 - square)) / (churned * stayed);
    const ratio = (area.high - area.low) / (2 * 1.96 * Math.sqrt(variance));
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.2);
  });

  it("does not depend on the order of rows", () => {
    const rows = sample(400);
    const turned = {
      y: rows.y.toReversed(),
      p: rows.p.toReversed(),
      users: rows.users.toReversed(),
      snapshots: rows.snapshots.toReversed(),
    };
    const round = (value: unknown) =>
      JSON.stringify(value, (_, part) => (typeof part === "number" ? Number(part.toFixed(12)) : part));
    expect(round(evaluate(turned))).toBe(round(evaluate(rows)));
  });

  it("is decided by its seed, and takes the number of resamples", () => {
    const rows = sample(300);
    expect(evaluate(rows, { seed: 1 })).toEqual(evaluate(rows, { seed: 1 }));
    expect(evaluate(rows, { seed: 1 }).auc).not.toEqual(evaluate(rows, { seed: 2 }).auc);
    const { value, low, high } = evaluate(rows, { resamples: 0 }).auc;
    expect([low, high]).toEqual([value, value]);
  });

  it("copes with few rows, one probability for all, and certainty", () => {
    const of = (y: number[], p: number[]) =>
      evaluationSchema.parse(evaluate({ y, p, users: y.map(String), snapshots: [day] }));
    expect(of([1, 0], [0.9, 0.1])).toMatchObject({ auc: { value: 1 }, deciles: [{ decile: 1 }, { decile: 6 }] });
    expect(of([1, 0, 0], [0.4, 0.4, 0.4])).toMatchObject({ auc: { value: 0.5 }, prAuc: { value: 1 / 3 } });
    expect(of([1, 0, 1, 0], [1, 0, 0, 1]).logLoss.value).toBeCloseTo(26 * Math.LN2, 10);
  });

  it("refuses what has no quality, and says why", () => {
    const of = (y: number[], p: number[]) => () => evaluate({ y, p, users: y.map(String), snapshots: [day] });
    expect(of([], [])).toThrow(InvalidInput);
    expect(of([], [])).toThrow("there are none");
    expect(of([0, 0], [0.1, 0.2])).toThrow("Cannot evaluate 2 predictions: nobody churned");
    expect(of([1, 1], [0.1, 0.2])).toThrow("everybody churned");
    expect(of([1, 0], [0.1, Number.NaN])).toThrow("not probabilities");
    expect(of([1, 0], [0.1, 1.5])).toThrow("not probabilities");
  });
});
