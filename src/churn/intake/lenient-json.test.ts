import fc from "fast-check";
import { expect, it } from "vitest";
import { plainJson } from "./lenient-json.ts";

it.each([
  ['{"value":NaN}', { value: null }],
  ['{"value": -Infinity, "a": [1, 2, ], }', { value: "Infinity", a: [1, 2] }],
  ['{"value": nan},', { value: null }],
  ['{"a":"NaN, ]","b":"\\",}","c":NaN}', { a: "NaN, ]", b: '",}', c: null }],
])("makes JSON of %s", (text, value) => {
  expect(JSON.parse(plainJson(text))).toEqual(value);
});

it("changes no JSON", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(plainJson(text)).toBe(text);
    }),
  );
});

it("takes time by the length of the text only", () => {
  const started = performance.now();
  plainJson(`${'"'.repeat(3)}${",".repeat(100_000)}${"\\".repeat(100_000)}`);
  expect(performance.now() - started).toBeLessThan(5_000);
});
