import fc from "fast-check";
import { expect, it } from "vitest";
import { breakEven } from "./break-even.ts";
import { type Economics, gainOf } from "./how-many.ts";

const economics: Economics = {
  costPerContact: 1,
  incentive: 0,
  takeUp: 1,
  saveRate: { value: 0.1, low: 0.05, high: 0.15 },
};

it("is where what a contact saves is what it costs", () => {
  expect(breakEven(50, economics)).toBeCloseTo(0.2, 12);
  expect(breakEven(50, { ...economics, costPerContact: 0 })).toBe(0);
  // 1 + 5 are paid for who stays; who leaves costs 1 and brings a tenth of 45.
  expect(breakEven(50, { ...economics, incentive: 5 })).toBeCloseTo(6 / (4.5 + 5), 12);
  expect(breakEven(50, { ...economics, incentive: 5, takeUp: 0 })).toBeCloseTo(1 / 4.5, 12);
});

it("is beyond every probability where a contact never pays", () => {
  expect(breakEven(9, economics)).toBeGreaterThan(1);
  expect(breakEven(0, economics)).toBe(Number.POSITIVE_INFINITY);
  expect(breakEven(4, { ...economics, incentive: 5, takeUp: 0 })).toBe(Number.POSITIVE_INFINITY);
  // Nothing is paid but to users who would have left, and more than they are worth.
  expect(breakEven(4, { ...economics, costPerContact: 0, incentive: 5, takeUp: 0 })).toBe(Number.POSITIVE_INFINITY);
  expect(breakEven(50, { ...economics, saveRate: { value: 0, low: 0, high: 0 } })).toBe(Number.POSITIVE_INFINITY);
});

it("divides users exactly as the profit of a plan does", () => {
  const amount = (max: number) => fc.double({ min: 0, max, noNaN: true });
  fc.assert(
    fc.property(
      amount(1),
      amount(100),
      amount(10),
      amount(20),
      amount(1),
      amount(1),
      (p, value, cost, incentive, t, s) => {
        const own = { costPerContact: cost, incentive, takeUp: t, saveRate: { value: s, low: s, high: s } };
        const gain = gainOf({ probability: p, value }, own);
        if (Math.abs(gain) < 1e-9) return;
        expect(p >= breakEven(value, own)).toBe(gain > 0);
      },
    ),
  );
});
