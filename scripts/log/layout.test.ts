import { describe, expect, it } from "vitest";
import { detectLayout } from "./layout.ts";

describe("detectLayout", () => {
  it.each([
    ["user,time\n", ","],
    ["user\ttime, local\n", "\t"],
    ["user;time;a,b\n", ";"],
    ["user|time\n", "|"],
    [" customer_id  date number_of_cds  dollar_value\r\n", " "],
    ['\n\n"a,b,c";time\n', ";"],
  ])("finds the delimiter of %j", (text, delimiter) => {
    expect(detectLayout(text, "log")).toEqual({ kind: "delimited", delimiter });
  });

  it("knows NDJSON by its first object", () => {
    expect(detectLayout(' {"user":1}\n', "log")).toEqual({ kind: "ndjson" });
  });

  it("refuses a JSON array, a single column and a text of blank lines, and says what to do", () => {
    expect(() => detectLayout('[{"user":1}]', "x.json")).toThrow(/JSON array.*jq -c/);
    expect(() => detectLayout("hello\nworld\n", "x.txt")).toThrow(/single column \(«hello»\)/);
    expect(() => detectLayout("\n \n", "x.txt")).toThrow(/no line/);
  });
});
