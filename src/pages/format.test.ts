import { describe, expect, it } from "vitest";
import {
  formatCounted,
  formatOdds,
  formatPercent,
  formatPoints,
  formatValue,
  shareOf,
  withInterval,
} from "./format.ts";

describe("formats of the report", () => {
  it("gives per cent one decimal below ten", () => {
    expect([0, 0.0042, 0.0994, 0.0996, 0.3149, 1].map(formatPercent)).toEqual([
      "0 %",
      "0.4 %",
      "9.9 %",
      "10 %",
      "31 %",
      "100 %",
    ]);
  });

  it("gives values about three digits, with thousands", () => {
    expect([0.254, 34.54, 12345.6, -1].map(formatValue)).toEqual(["0.25", "34.5", "12,346", "−1"]);
  });

  it("tells what a step of log-odds does to the odds", () => {
    expect([0, Math.LN2, -Math.LN2, 7, -1e4].map(formatOdds)).toEqual([
      "× 1.00",
      "× 2.00",
      "× 0.50",
      "× >100",
      "× <0.01",
    ]);
  });

  it("counts in words and in points", () => {
    expect(formatCounted(1, "user")).toBe("1 user");
    expect(formatCounted(2113, "user")).toBe("2,113 users");
    expect(formatPoints(0.0142)).toBe("1.4");
  });

  it("gives a figure its interval where it has one, and a dash for none", () => {
    expect(withInterval({ value: 0.304, low: 0.28, high: 0.33 }, formatPercent)).toBe(
      "30 % (28\u00a0%\u00a0to\u00a033\u00a0%)",
    );
    expect(withInterval({ value: 0.304 }, formatPercent)).toBe("30 %");
    expect([undefined, null].map((none) => withInterval(none, formatPercent))).toEqual(["–", "–"]);
  });

  it("calls a part of nothing zero", () => {
    expect(shareOf(3, 4)).toBe(0.75);
    expect(shareOf(0, 0)).toBe(0);
  });
});
