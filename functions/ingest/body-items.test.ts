import { expect, it } from "vitest";
import { itemsOfJson, itemsOfLines } from "./body-items.ts";

const item = '{"user_id":"a","value":NaN,}';
const value = { user_id: "a", value: null };

it.each([
  ["one object", item, [value]],
  ["one object and a comma", `\u001e${item}, `, [value]],
  ["an array", `[${item},${item}]`, [value, value]],
  ["an array with a comma behind the last", `[${item},${item}, ]`, [value, value]],
])("takes the liberties that programs take with JSON in %s", (_, body, values) => {
  expect([...itemsOfJson(Buffer.from(body), undefined, values.length)]).toEqual(values);
});

it("takes the same in lines", () => {
  const body = Buffer.from(`${item}\n\u001e${item}, \n`);
  expect([...itemsOfLines(body, undefined, 2)]).toEqual([value, value]);
});

it("takes no object with two commas behind it, nor more elements than are allowed", () => {
  expect(() => itemsOfJson(Buffer.from(`${item},,`), undefined, 1)).toThrow("The body is not valid JSON.");
  expect(() => itemsOfJson(Buffer.from(`[${item},${item}]`), undefined, 1)).toThrow("more than 1 items");
});
