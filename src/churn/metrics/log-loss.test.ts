import { describe, expect, it } from "vitest";
import { logLoss, logLosses } from "./log-loss.ts";

describe("logLoss", () => {
  it("is the mean of -ln of what the outcome was given", () => {
    expect(logLoss([1, 0], [0.8, 0.8])).toBeCloseTo(-(Math.log(0.8) + Math.log(0.2)) / 2, 14);
    expect(logLoss([1, 0, 1], [0.5, 0.5, 0.5])).toBeCloseTo(Math.LN2, 14);
  });

  it("stays finite for a certainty that was wrong, and is nearly 0 for one that was right", () => {
    const wrong = 52 * Math.LN2;
    expect(logLosses([1, 0], [0, 1])).toEqual(Float64Array.of(wrong, wrong));
    expect(logLoss([0, 1], [0, 1])).toBeLessThan(1e-15);
    expect(logLoss([0, 1], [0, 1])).toBeGreaterThan(0);
  });

  it("is least for the share that churned, among constants", () => {
    const y = [1, 0, 0, 0];
    const at = (p: number) => logLoss(y, [p, p, p, p]);
    expect(at(0.25)).toBeLessThan(at(0.24));
    expect(at(0.25)).toBeLessThan(at(0.26));
  });
});
