import { describe, expect, it } from "vitest";
import { numberFormatOf } from "./number-format.ts";

describe("the numbers of a column", () => {
  it.each([
    [["4,33", "12", "1.234,56"], "4,33", 4.33],
    [["4,33", ""], "1.234,56", 1234.56],
    [["0,500"], "-1.234.567", -1234567],
    [["1.234,5"], "7", 7],
  ])("of %j have a decimal comma: %s is %d", (values, text, number) => {
    const { decimal, parse } = numberFormatOf(values, ";");
    expect(decimal).toBe("comma");
    expect(parse(text)).toBe(number);
  });

  it.each([
    ["there is none to be seen", ["4.33", "12"], ";"],
    ["what looks like one may separate thousands", ["1,234", "12"], ";"],
    ["other values can only be read with a point", ["4,33", "4.33"], "\t"],
    ["it delimits the fields", ["4,33"], ","],
    ["nothing says what delimits, as in NDJSON", ["4,33"], undefined],
  ])("have a decimal point where %s", (_, values, delimiter) => {
    const { decimal, parse } = numberFormatOf(values, delimiter);
    expect(decimal).toBe("point");
    expect(parse("4.5e1")).toBe(45);
    expect(parse("4,33")).toBeNaN();
  });

  it("are refused where they are written otherwise", () => {
    const { parse } = numberFormatOf(["4,33"], ";");
    for (const text of ["", "4.33", "1,234.56", "1.23,4", "cheap", "4,"]) expect(parse(text)).toBeNaN();
  });
});
