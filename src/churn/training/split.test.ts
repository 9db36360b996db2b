import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidInput } from "../failure.ts";
import { planSplit, splitBefore } from "./split.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };

describe("the split", () => {
  it("tests on the last snapshot whose churn window is complete", () => {
    // Days 0 … 199: the churn window of day 170 ends with day 199.
    expect(planSplit(0, 199, churn)).toEqual({ training: [60, 70, 80, 90, 100, 110, 120, 130, 140], test: 170 });
  });

  it("lets every training label be complete before the test snapshot, and precedes none by too little history", () => {
    const days = fc.integer({ min: 1, max: 90 });
    fc.assert(
      fc.property(
        days,
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 3000 }),
        (churnDays, leadDays, length) => {
          const definition = { churnDays, leadDays, observeDays: 2 * churnDays };
          fc.pre(length >= 3 * churnDays + 2 * leadDays);
          const { training, test } = planSplit(1000, 1000 + length - 1, definition);
          expect(training.length).toBeGreaterThan(0);
          expect(test + leadDays + churnDays).toBe(1000 + length);
          for (const day of training) {
            expect(day + leadDays + churnDays).toBeLessThanOrEqual(test);
            expect(day - churnDays).toBeGreaterThanOrEqual(1000);
          }
        },
      ),
    );
  });

  it("of a short log makes do with one churn window of history", () => {
    expect(planSplit(0, 89, churn)).toEqual({ training: [30], test: 60 });
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
    expect(splitBefore(0, 100, churn).training).toEqual([60, 70]);
  });
});
