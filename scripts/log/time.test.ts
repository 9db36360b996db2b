import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameOfTime, timeParser } from "./time.ts";

const automatic = timeParser(undefined, undefined);

describe("timeParser without a format", () => {
  it.each([
    ["2024-03-01", "2024-03-01T00:00:00.000Z"],
    ["2024/03/01", "2024-03-01T00:00:00.000Z"],
    ["2024-03-01T09:30:15Z", "2024-03-01T09:30:15.000Z"],
    ["2024-03-01 09:30", "2024-03-01T09:30:00.000Z"],
    ["2024-03-01 09:30:15.123456 UTC", "2024-03-01T09:30:15.123Z"],
    ["2024-03-01T09:30:15,5+02:00", "2024-03-01T07:30:15.500Z"],
    ["2024-03-01T09:30:15-0530", "2024-03-01T15:00:15.000Z"],
    ["2024-03-01T00:30:00+02", "2024-02-29T22:30:00.000Z"],
    ["19970101", "1997-01-01T00:00:00.000Z"],
    ["20240301093015", "2024-03-01T09:30:15.000Z"],
    ["1112911993", "2005-04-07T22:13:13.000Z"],
    ["1112911993.25", "2005-04-07T22:13:13.250Z"],
    ["1112911993250", "2005-04-07T22:13:13.250Z"],
  ])("reads %s", (text, expected) => {
    expect(new Date(automatic(text)).toISOString()).toBe(expected);
  });

  it.each([
    "",
    "-47",
    "9",
    "269",
    "tomorrow",
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "19970132",
    "2024-03-01T25:00",
    "2024-03-01T09:61:00Z",
  ])("does not take %s for a time", (text) => {
    expect(automatic(text)).toBeNaN();
  });

  it.each([
    "2024-03-01Tx",
    "2024-03-01T09:30:15+2",
    "2024-03-01T09:30:15 CET",
    "2024-03/01",
    "03/01/2024",
    "1e12",
    "2024-3-1",
    "0000-00-00",
  ])("does not guess at %s", (text) => {
    expect(automatic(text)).toBeNaN();
  });

  it("reads back every time that toISOString writes, and its epoch numbers", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1974-01-01"), max: new Date("2199-12-31"), noInvalidDate: true }),
        (date) => {
          expect(automatic(date.toISOString())).toBe(date.getTime());
          expect(automatic(String(date.getTime()))).toBe(date.getTime());
          expect(automatic(String(Math.floor(date.getTime() / 1000)))).toBe(Math.floor(date.getTime() / 1000) * 1000);
        },
      ),
    );
  });

  it("puts times without a zone into the time zone given, and leaves the others alone", () => {
    const berlin = timeParser(undefined, "Europe/Berlin");
    expect(berlin("2024-07-01 12:00")).toBe(Date.parse("2024-07-01T10:00:00Z"));
    expect(berlin("20240101")).toBe(Date.parse("2023-12-31T23:00:00Z"));
    expect(berlin("2024-07-01T12:00:00Z")).toBe(Date.parse("2024-07-01T12:00:00Z"));
    expect(berlin("1112911993")).toBe(1112911993000);
  });
});

describe("timeParser with a format", () => {
  it("takes any number for epoch seconds or milliseconds when told so", () => {
    expect(timeParser("epoch-s", undefined)("86400")).toBe(86_400_000);
    expect(timeParser("epoch-ms", undefined)("86400")).toBe(86_400);
    expect(timeParser("epoch-s", undefined)("")).toBeNaN();
    expect(timeParser("epoch-s", undefined)("0x10")).toBeNaN();
  });

  it("knows yyyymmdd by that name, and then nothing else", () => {
    expect(timeParser("yyyymmdd", undefined)("20240229")).toBe(Date.parse("2024-02-29"));
    expect(timeParser("yyyymmdd", undefined)("1112911993")).toBeNaN();
  });
});

describe("nameOfTime", () => {
  it("says what a value is taken for", () => {
    expect(["2024-03-01", "20240301", "1112911993", "1112911993250", "20240301093015", "9"].map(nameOfTime)).toEqual([
      "ISO 8601",
      "yyyymmdd",
      "epoch seconds",
      "epoch milliseconds",
      "yyyymmddHHMMSS",
      undefined,
    ]);
  });
});
