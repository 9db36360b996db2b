import fc from "fast-check";
import { expect, it } from "vitest";
import { orderOf } from "./order-of.ts";

it("orders numbers as a comparison does, equal ones as they stand", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(1e-320, -1e-320, 2 ** 40, 1 / 3, 1 / 3 + 2 ** -54, 1 / 3 + 2 ** -53),
  );
  fc.assert(
    fc.property(fc.array(number), (values) => {
      // A comparison takes the two zeros for equal; here the negative one comes first.
      const numbers = Float64Array.from(values, (value) => value + 0 || 0);
      const expected = [...numbers.keys()].sort((a, b) => numbers[a]! - numbers[b]! || a - b);
      expect([...orderOf(numbers)].map((place) => numbers[place])).toEqual(expected.map((place) => numbers[place]));
      if (numbers.every(Number.isFinite)) expect([...orderOf(numbers)]).toEqual(expected);
    }),
  );
});

it("takes no account of how many there are", () => {
  expect([...orderOf(new Float64Array(0))]).toEqual([]);
  expect([...orderOf(Float64Array.of(7))]).toEqual([0]);
  expect([...orderOf(Float64Array.of(-0, 3, 0, -2))].at(-1)).toBe(1);
});
