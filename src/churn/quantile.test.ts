import { expect, it } from "vitest";
import { quantile } from "./quantile.ts";

it("is linear between order statistics, as numpy's", () => {
  expect(quantile([1, 2, 4, 8], 0)).toBe(1);
  expect(quantile([1, 2, 4, 8], 0.5)).toBe(3);
  expect(quantile([1, 2, 4, 8], 0.9)).toBeCloseTo(6.8, 12);
  expect(quantile([1, 2, 4, 8], 1)).toBe(8);
  expect(quantile([5], 0.3)).toBe(5);
  expect(quantile([], 0.5)).toBeNaN();
});
