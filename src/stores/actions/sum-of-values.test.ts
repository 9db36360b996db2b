import { expect, it } from "vitest";
import { randomFrom } from "#churn/random.ts";
import { sumOfValues } from "./sum-of-values.ts";

it("is the same in whatever order amounts were added", () => {
  expect(sumOfValues(138.88000000000002)).toBe(138.88);
  expect(sumOfValues(52.58000000000001)).toBe(sumOfValues(52.580000000000005));
});

it("keeps what is exact, great and small", () => {
  for (const sum of [0, -3, 2 ** 53 - 1, 1e300, 0.1, -2.5, 123_456_789.12, 1.23e-9]) expect(sumOfValues(sum)).toBe(sum);
});

it("tells a sum of hundredths as its text of twelve digits would", () => {
  const random = randomFrom("sums");
  for (let i = 0; i < 2_000; i++) {
    const sum = Math.round((random() - 0.5) * 10 ** (4 + (i % 10))) / 100 + (i % 3) * 0.1;
    expect(sumOfValues(sum)).toBe(Number.isInteger(sum) ? sum : Number(sum.toPrecision(12)));
  }
});

it("is finite, whatever was added before values had a bound", () => {
  expect([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN].map(sumOfValues)).toEqual([1e25, -1e25, 0]);
});
