import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInstant } from "./instant.ts";

describe("parseInstant", () => {
  it.each([
    ["1970-01-01T00:00:00Z", 0],
    ["2024-03-01T12:00:00Z", 1_709_294_400_000],
    ["2024-03-01T13:00:00+01:00", 1_709_294_400_000],
    ["2024-03-01t07:30:00-0430", 1_709_294_400_000],
    ["2024-03-01 12:00:00,5Z", 1_709_294_400_500],
    ["2024-03-01T12:00:00.123999Z", 1_709_294_400_123],
    ["2024-03-01T12:00:00.07z", 1_709_294_400_070],
    ["2024-03-01T12:00:00.1234567890123Z", 1_709_294_400_123],
    ["2016-12-31T23:59:60Z", 1_483_228_799_000],
    ["2017-01-01T00:59:60.5+01:00", 1_483_228_799_500],
    ["1969-12-31T23:59:59Z", -1_000],
    ["0100-01-01T00:00:00Z", -59_011_459_200_000],
  ])("reads %s", (text, time) => {
    expect(parseInstant(text)).toBe(time);
  });

  it.each([
    "",
    "yesterday",
    "2024-03-01",
    "2024-03-01T12:00:00",
    "2024-03-01T12:00Z",
    "2024-03-01T24:00:00Z",
    "2024-03-01T12:60:00Z",
    "2024-03-01T12:00:60Z",
    "2024-00-01T12:00:00Z",
    "2024-13-01T12:00:00Z",
    "2024-02-30T12:00:00Z",
    "2023-02-29T12:00:00Z",
    "1900-02-29T12:00:00Z",
    "2024-04-31T12:00:00Z",
    "2024-03-00T12:00:00Z",
    "0024-03-01T12:00:00Z",
    "2024-03-01T12:00:00+24:00",
    "2024-03-01T12:00:00+01:60",
    "2024-03-01T12:00:00 UTC",
    "2024-03-01T12:00:00Z\n",
    "２０２４-03-01T12:00:00Z",
  ])("refuses %j", (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it("reads back whatever Date writes, in any zone", () => {
    const time = fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9998, 11) });
    fc.assert(
      fc.property(time, fc.integer({ min: -1439, max: 1439 }), (instant, offset) => {
        const local = new Date(instant + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = `${offset < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
        expect(parseInstant(`${local}${zone}`)).toBe(instant);
      }),
    );
  });
});
