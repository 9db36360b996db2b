import { describe, expect, it } from "vitest";
import { deleteOneError, deleteOneFigure, studentQuantile } from "./delete-one.ts";

describe("the delete-a-group jackknife", () => {
  it("is the usual standard error where the figure is a mean of the groups", () => {
    const groups = [2, 4, 4, 4, 5, 5, 7, 9];
    const sum = groups.reduce((total, value) => total + value, 0);
    const without = groups.map((value) => (sum - value) / (groups.length - 1));
    // Sample variance 32 / 7, of eight.
    expect(deleteOneError(without)?.error).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12);
  });

  it("tells nothing of fewer than six groups, and leaves out where the figure is undefined", () => {
    expect(deleteOneError([1, 2, 3, 4, 5])).toBeUndefined();
    expect(deleteOneError([1, 2, 3, 4, 5, Number.NaN])).toBeUndefined();
    expect(deleteOneFigure(3, [1, 2, 3], [0, 9])).toEqual({ value: 3 });
  });

  it("keeps an interval within what is possible", () => {
    expect(deleteOneFigure(0.99, [0.9, 1, 0.98, 0.99, 1, 1, 0.97], [0, 1]).interval?.[1]).toBe(1);
  });

  it("knows Student's t", () => {
    const table = { 5: 2.5706, 10: 2.2281, 31: 2.0395, 1000: 1.9623 };
    for (const [degrees, quantile] of Object.entries(table))
      expect(studentQuantile(Number(degrees))).toBeCloseTo(quantile, 2);
  });
});
