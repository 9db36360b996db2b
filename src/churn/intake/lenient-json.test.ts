import fc from "fast-check";
import { expect, it } from "vitest";
import { processorTime } from "#test/support/processor-time.ts";
import { plainJson } from "./lenient-json.ts";

it.each([
  ['{"value":NaN}', { value: null }],
  ['{"value": -Infinity, "a": [1, 2, inf], }', { value: -Infinity, a: [1, 2, Infinity] }],
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

it("reads on behind strings of any length", () => {
  for (const long of ["x".repeat(20e6), '\\"'.repeat(10e6)]) {
    const start = `{"a":"${long}`;
    expect(plainJson(`${start}","b":NaN,}`)).toBe(`${start}","b":null}`);
    expect(plainJson(`${start},}`)).toBe(`${start},}`);
  }
});

it.each([
  ["quotes, commas and backslashes", `${'"'.repeat(3)}${",".repeat(100_000)}${"\\".repeat(100_000)}`],
  ["escaped quotes of a string that does not end", `"${'\\"'.repeat(130_000)}`],
  ["line ends in strings", '"\n'.repeat(130_000)],
  ["commas before spaces", `,${" ".repeat(200)}x`.repeat(1_300)],
])("takes time by the length of the text only: %s", async (_, text) => {
  // By the square of the length it takes a minute or more.
  expect(await processorTime(() => plainJson(text))).toBeLessThan(5_000);
});
