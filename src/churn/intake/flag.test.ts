import { expect, it } from "vitest";
import { readFlag } from "./flag.ts";

it.each([
  [true, true],
  ["TRUE", true],
  [" yes ", true],
  [1, true],
  [false, false],
  ["no", false],
  ["0", false],
  [undefined, undefined],
  [null, undefined],
  ["", undefined],
  ["\\N", undefined],
])("what says %j is a flag that is %j", (value, flag) => {
  expect(readFlag(value)).toBe(flag);
});

it.each(["maybe", 2, {}, [true]])("%j is no flag", (value) => {
  expect(readFlag(value)).toEqual({ fault: "must be true or false." });
});
