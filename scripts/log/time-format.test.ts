import { describe, expect, it } from "vitest";
import { InvalidInput } from "../../churn/failure.ts";
import { compileTimeFormat } from "./time-format.ts";

const asUtc = (local: number) => local;

describe("compileTimeFormat", () => {
  it.each([
    ["yyyy-MM-dd HH:mm:ss", "2024-03-01 09:30:15", "2024-03-01T09:30:15.000Z"],
    ["%Y-%m-%d", "2024-03-01", "2024-03-01T00:00:00.000Z"],
    ["dd.MM.yyyy HH:mm", "1.3.2024 9:30", "2024-03-01T09:30:00.000Z"],
    ["M/d/yyyy H:mm", "12/1/2010 8:26", "2010-12-01T08:26:00.000Z"],
    ["%d/%b/%Y:%H:%M:%S %z", "10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36.000Z"],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2024-03-01T09:30:15.25+01:00", "2024-03-01T08:30:15.250Z"],
    ["yyyy-MM-ddTHH:mm:ssZ", "2024-03-01T09:30:15Z", "2024-03-01T09:30:15.000Z"],
    ["yyyyMMddHHmm", "202403010930", "2024-03-01T09:30:00.000Z"],
    ["dd MMM yyyy", "05 sep 2024", "2024-09-05T00:00:00.000Z"],
  ])("reads by %s", (format, text, expected) => {
    expect(new Date(compileTimeFormat(format, asUtc)(text)).toISOString()).toBe(expected);
  });

  it.each([
    "2024-03-01",
    "31.02.2024 10:00",
    "01.03.2024 10:00 ",
    "01.03.2024 24:00",
    "1.3.24 10:00",
    "aa.03.2024 10:00",
    "",
  ])("answers NaN for %s, which is not dd.MM.yyyy HH:mm", (text) => {
    expect(compileTimeFormat("dd.MM.yyyy HH:mm", asUtc)(text)).toBeNaN();
  });

  it("uses the time zone only where the text names none", () => {
    const anHourAhead = (local: number) => local - 3_600_000;
    const parse = compileTimeFormat("%Y-%m-%d %H:%M %z", anHourAhead);
    expect(parse("2024-03-01 10:00 +0000")).toBe(Date.parse("2024-03-01T10:00:00Z"));
    expect(compileTimeFormat("%Y-%m-%d %H:%M", anHourAhead)("2024-03-01 10:00")).toBe(
      Date.parse("2024-03-01T09:00:00Z"),
    );
  });

  it("refuses a format with an unknown part or without a full date", () => {
    expect(() => compileTimeFormat("yyyy-MM-dd hh:mm a", asUtc)).toThrow(/not understood from «hh:mm a» on/);
    expect(() => compileTimeFormat("%Y-%m-%d %I", asUtc)).toThrow(InvalidInput);
    expect(() => compileTimeFormat("HH:mm", asUtc)).toThrow(/no full date/);
  });
});
