import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInput } from "../failure.ts";
import { planSplit, snapshotsBefore } from "./split.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };

/** A log, by its definition and its length in days: not too short to learn from. */
const logs = fc
  .record({
    churnDays: fc.integer({ min: 1, max: 90 }),
    leadDays: fc.integer({ min: 0, max: 30 }),
    spare: fc.integer({ min: 0, max: 3000 }),
  })
  .map(({ churnDays, leadDays, spare }) => ({
    definition: { churnDays, leadDays, observeDays: 2 * churnDays },
    length: 3 * churnDays + 2 * leadDays + spare,
  }));

describe("the split", () => {
  it("tests on the last snapshots whose churn windows are complete, and learns in the end from all", () => {
    // Days 0 … 199: the churn window of day 170 ends with day 199.
    expect(planSplit(0, 199, churn)).toEqual({
      proof: [30, 40, 50, 60, 70, 80, 90, 100, 110, 120],
      test: [150, 160, 170],
      training: [30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170],
    });
  });

  it("spreads over the history of a long log, a churn window apart at most", () => {
    const year = planSplit(0, 364, churn);
    // From 30 to 335 in 23 steps of 14 days.
    expect(year.test).toEqual([279, 293, 307, 321, 335]);
    expect(year.proof).toEqual(Array.from({ length: 16 }, (_, i) => 39 + 14 * i));
    expect(year.training).toEqual([...year.proof, 263, ...year.test]);
    const { training, test } = planSplit(0, 9_999, churn);
    expect(training).toEqual(Array.from({ length: 24 }, (_, i) => 9_970 - 30 * (23 - i)));
    expect(test).toEqual([9_820, 9_850, 9_880, 9_910, 9_940, 9_970]);
  });

  it("judges on snapshots whose outcomes the judged model cannot have known, and keeps most of the time for learning", () => {
    fc.assert(
      fc.property(logs, ({ definition, length }) => {
        const { churnDays, leadDays } = definition;
        const { proof, test } = planSplit(1000, 1000 + length - 1, definition);
        const [firstTest = 0] = test;
        expect(test.at(-1)).toBe(1000 + length - leadDays - churnDays);
        expect(proof.at(-1)).toBe(firstTest - leadDays - churnDays);
        expect(firstTest - (test.at(-1) ?? 0)).toBeGreaterThanOrEqual((1000 - (test.at(-1) ?? 0)) / 4);
        expect(proof[0]).toBeGreaterThanOrEqual(1000 + churnDays);
      }),
    );
  });

  it("gives the model that serves the newest snapshots, in order and apart", () => {
    fc.assert(
      fc.property(logs, ({ definition, length }) => {
        const { training, proof, test } = planSplit(1000, 1000 + length - 1, definition);
        expect(training.length).toBeLessThanOrEqual(24);
        expect(training.slice(-test.length)).toEqual(test);
        const all = [...new Set([...proof, ...training])].sort((a, b) => a - b);
        expect(all.slice(-training.length)).toEqual(training);
        const steps = all.slice(1).map((day, i) => day - (all[i] ?? 0));
        expect(Math.min(definition.churnDays, ...steps)).toBeGreaterThanOrEqual(Math.round(definition.churnDays / 3));
      }),
    );
  });

  it("of the shortest log learns from one snapshot to judge on another", () => {
    expect(planSplit(0, 89, churn)).toEqual({ proof: [30], test: [60], training: [30, 40, 50, 60] });
  });

  it("of too short a log says how long it must be", () => {
    expect(() => planSplit(0, 88, churn)).toThrow(InvalidInput);
    expect(() => planSplit(0, 88, churn)).toThrow(
      "with a churn window of 30 days it must cover at least 90 days (from 1970-01-01 to 1970-03-31). Set a shorter churn window, or",
    );
  });

  it("gives no advice that cannot be followed", () => {
    const shortest = { churnDays: 1, leadDays: 0, observeDays: 2 };
    expect(() => planSplit(0, 1, shortest)).toThrow(
      /with a churn window of 1 day it must cover at least 3 days \(from .*\)\. Collect for longer\.$/,
    );
    expect(() => planSplit(0, 1, { ...shortest, leadDays: 2 })).toThrow(
      / Set a shorter lead, or collect for longer\.$/,
    );
  });

  it("can be made for a test snapshot that is given", () => {
    expect(snapshotsBefore(100, 0, churn)).toEqual([30, 40, 50, 60, 70]);
  });
});
