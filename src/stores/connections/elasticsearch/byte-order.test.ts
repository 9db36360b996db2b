import fc from "fast-check";
import { expect, it } from "vitest";
import { compareBytes } from "./byte-order.ts";

it("puts characters beyond U+FFFF last, where UTF-16 does not", () => {
  const texts = ["🦆", "\uffff", "\ue000", "z", "", "é"];
  expect(texts.toSorted(compareBytes)).toEqual(["", "z", "é", "\ue000", "\uffff", "🦆"]);
  expect(texts.toSorted()).not.toEqual(texts.toSorted(compareBytes));
});

it("agrees with comparing UTF-8 bytes", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "b", "\0", "é", "\ud7ff", "\ue000", "\uffff", "🦆", "\u{10ffff}"),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
