import { expect, it } from "vitest";
import { itemsOfJson, itemsOfLines } from "./body-items.ts";
import { Unreadable } from "./item.ts";

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

it.each([
  ["as they are", `${item}\n${item}\n`],
  ["behind blank lines and marks, with CRLF", `\ufeff${item}\r\n\r\n\u001e${item}\r\n`],
])("takes objects that are one to a line for JSON as well, %s", (_, body) => {
  expect([...itemsOfJson(Buffer.from(body), undefined, 2)]).toEqual([value, value]);
  expect(() => itemsOfJson(Buffer.from(body), undefined, 1)).toThrow("more than 1 items");
});

it("takes a broken one of them for itself, and an object over many lines for one", () => {
  const [first, second] = itemsOfJson(Buffer.from(`${item}\n{broken\n`), undefined, 2);
  expect([first, second]).toEqual([value, new Unreadable("is not valid JSON.")]);
  const spread = JSON.stringify({ a: { b: [1, {}] } }, null, 1);
  expect([...itemsOfJson(Buffer.from(`\n${spread}\n\n`), undefined, 1)]).toEqual([{ a: { b: [1, {}] } }]);
  expect(() => itemsOfJson(Buffer.from('{"a":1,\n{"a":2}\n'), undefined, 9)).toThrow("The body is not valid JSON.");
});

it("takes no object with two commas behind it, nor more elements than are allowed", () => {
  expect(() => itemsOfJson(Buffer.from(`${item},,`), undefined, 1)).toThrow("The body is not valid JSON.");
  expect(() => itemsOfJson(Buffer.from(`[${item},${item}]`), undefined, 1)).toThrow("more than 1 items");
});
