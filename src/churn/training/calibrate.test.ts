import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { calibrate, uncalibrated } from "./calibrate.ts";

/** Outcomes whose true log-odds are slope * z + intercept, and the z that a model gave them. */
function outcomes(rows: number, slope: number, intercept: number) {
  const random = randomFrom("outcomes");
  const z = Float64Array.from({ length: rows }, () => 6 * random() - 3);
  const y = Uint8Array.from(z, (value) => (random() < 1 / (1 + Math.exp(-(slope * value + intercept))) ? 1 : 0));
  return { z, y };
}

describe("calibration", () => {
  it("finds the line between given and true log-odds where they differ", () => {
    const { z, y } = outcomes(20_000, 0.6, 0.5);
    const { slope, intercept } = calibrate(z, y);
    expect(slope).toBeCloseTo(0.6, 1);
    expect(intercept).toBeCloseTo(0.5, 1);
  });

  it("changes nothing where the probabilities are right, or the sample too small to tell", () => {
    const right = outcomes(20_000, 1, 0);
    expect(calibrate(right.z, right.y)).toEqual(uncalibrated);
    const small = outcomes(30, 0.8, 0.2);
    expect(calibrate(small.z, small.y)).toEqual(uncalibrated);
  });

  it("never turns the ranking round, and does without a second class", () => {
    const reversed = outcomes(5_000, -1, 0);
    expect(calibrate(reversed.z, reversed.y)).toEqual(uncalibrated);
    expect(calibrate(Float64Array.of(1, 2), Uint8Array.of(1, 1))).toEqual(uncalibrated);
  });
});
