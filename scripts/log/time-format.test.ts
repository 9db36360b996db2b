import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
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
    ["MM/dd/yyyy hh:mm:ss a", "11/14/2023 10:15:35 PM", "2023-11-14T22:15:35.000Z"],
    ["M/d/yyyy h:mm a", "3/1/2024 9:30 am", "2024-03-01T09:30:00.000Z"],
    ["%m/%d/%Y %I:%M %p", "03/01/2024 12:05 AM", "2024-03-01T00:05:00.000Z"],
    ["%m/%d/%Y %I:%M:%S %p", "03/01/2024 12:05:00 PM", "2024-03-01T12:05:00.000Z"],
    ["d/M/yyyy h:mm a", "1/3/2024 1:05 p.m.", "2024-03-01T13:05:00.000Z"],
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

  it.each(["03/01/2024 13:05 PM", "03/01/2024 0:05 AM", "03/01/2024 9:05", "03/01/2024 9:05 XM"])(
    "answers NaN for %s, which no 12-hour clock shows",
    (text) => {
      expect(compileTimeFormat("MM/dd/yyyy h:mm a", asUtc)(text)).toBeNaN();
    },
  );

  it("uses the time zone only where the text names none", () => {
    const anHourAhead = (local: number) => local - 3_600_000;
    const parse = compileTimeFormat("%Y-%m-%d %H:%M %z", anHourAhead);
    expect(parse("2024-03-01 10:00 +0000")).toBe(Date.parse("2024-03-01T10:00:00Z"));
    expect(compileTimeFormat("%Y-%m-%d %H:%M", anHourAhead)("2024-03-01 10:00")).toBe(
      Date.parse("2024-03-01T09:00:00Z"),
    );
  });

  it("refuses a format with an unknown part or without a full date", () => {
    expect(() => compileTimeFormat("yyyy-MM-dd kk:mm", asUtc)).toThrow(/not understood from «kk:mm» on/);
    expect(() => compileTimeFormat("%Y-%m-%d %j", asUtc)).toThrow(InvalidInput);
    expect(() => compileTimeFormat("HH:mm", asUtc)).toThrow(/no full date/);
  });

  it("refuses an hour from 1 to 12 without AM or PM, and AM or PM with an hour from 0 to 23", () => {
    for (const format of ["yyyy-MM-dd hh:mm", "%Y-%m-%d %I:%M", "yyyy-MM-dd HH:mm a", "yyyy-MM-dd HH hh a"])
      expect(() => compileTimeFormat(format, asUtc)).toThrow(/needs AM or PM/);
  });
});
