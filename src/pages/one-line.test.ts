import { expect, it } from "vitest";
import { oneLine } from "./one-line.ts";

it.each([
  ["ann\u001b[2J\r\nbob", "ann [2J bob"],
  ["a\u009b31mb\u007f", "a 31mb "],
  ["a\u2028b\u202ec", "a b c"],
  ["José 😀", "José 😀"],
  ["x".repeat(11), `${"x".repeat(9)}…`],
])("makes one line of %j that draws nothing", (text, line) => {
  expect(oneLine(text, 10 + (text.startsWith("x") ? 0 : 10))).toBe(line);
});
