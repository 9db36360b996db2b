import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseItem, Unreadable } from "./item.ts";

const now = Date.UTC(2024, 2, 1, 12);
const item = { user_id: "u1", action: "login", timestamp: "2024-03-01T11:00:00Z" };
const action = { userId: "u1", action: "login", time: now - 3_600_000 };

describe("parseItem", () => {
  it("reads an item with all its fields", () => {
    const full = { ...item, value: 9.5, event_id: "e1", source: "/app", "@version": "1" };
    expect(parseItem(full, now)).toEqual({ ...action, value: 9.5, eventId: "e1", source: "/app" });
  });

  it("takes null for a field that is not there", () => {
    expect(parseItem({ ...item, value: null, event_id: null, source: null }, now)).toEqual(action);
  });

  it("takes whole numbers for ids", () => {
    expect(parseItem({ ...item, user_id: 42, event_id: 7 }, now)).toEqual({ ...action, userId: "42", eventId: "7" });
  });

  it.each([
    ["2024-03-01T12:00:00.250+01:00", Date.UTC(2024, 2, 1, 11, 0, 0, 250)],
    [1_709_290_800, Date.UTC(2024, 2, 1, 11)],
    [1_709_290_800.5, Date.UTC(2024, 2, 1, 11, 0, 0, 500)],
    [1_709_290_800_000, Date.UTC(2024, 2, 1, 11)],
    [0, 0],
    [now + 86_400_000, now + 86_400_000],
  ])("reads the time %s", (timestamp, time) => {
    expect(parseItem({ ...item, timestamp }, now)).toEqual({ ...action, time });
  });

  const zone = "must be an ISO 8601 time with its zone, or a number of seconds or milliseconds since 1970.";
  const blank = "must hold more than blanks, and no control characters.";
  it.each([
    ["user_id", undefined, "is required."],
    ["user_id", null, "is required."],
    ["user_id", "", "is required."],
    ["user_id", "  ", blank],
    ["user_id", "a\u0000b", blank],
    ["user_id", "\ud800", blank],
    ["user_id", "x".repeat(257), "is longer than 256 characters."],
    ["user_id", 2 ** 53, "must be a string."],
    ["user_id", 1.5, "must be a string."],
    ["action", undefined, "is required."],
    ["action", 3, "must be a string."],
    ["action", "x".repeat(129), "is longer than 128 characters."],
    ["timestamp", undefined, "is required."],
    ["timestamp", "2024-03-01", zone],
    ["timestamp", "2024-03-01T11:00:00", zone],
    ["timestamp", "2024-02-30T11:00:00Z", zone],
    ["timestamp", Number.NaN, zone],
    ["timestamp", true, zone],
    ["timestamp", "1969-12-31T23:59:59Z", "is before 1970."],
    ["timestamp", -1, "is before 1970."],
    ["timestamp", now + 86_400_001, "is more than a day in the future."],
    ["value", Number.POSITIVE_INFINITY, "must be a finite number."],
    ["value", "9.5", "must be a finite number."],
    ["event_id", "x".repeat(1025), "is longer than 1024 characters."],
    ["source", "x".repeat(1025), "is longer than 1024 characters."],
  ])("rejects the %s %j", (field, value, error) => {
    expect(parseItem({ ...item, [field]: value }, now)).toEqual({ field, error });
  });

  it.each([null, 4, "login", [item], undefined])("rejects %j, which is no object", (value) => {
    expect(parseItem(value, now)).toEqual({ field: undefined, error: "must be a JSON object." });
  });

  it("passes on what could not be read", () => {
    expect(parseItem(new Unreadable("is not valid JSON."), now)).toMatchObject({ error: "is not valid JSON." });
  });

  it("judges plain items exactly as the schema does", () => {
    const odd = fc.constantFrom("", " ", "a\u0007", "x".repeat(256), "x".repeat(257), "\udc00", "\u{1f600}", "42");
    const text = fc.oneof({ weight: 3, arbitrary: fc.string({ minLength: 1, maxLength: 8 }) }, odd);
    const times = fc.oneof(fc.constant(item.timestamp), fc.double(), fc.integer(), text);
    const values = fc.oneof(fc.double(), fc.constant("1"));
    const any = fc.record(
      { user_id: text, action: text, timestamp: times, value: values, event_id: text },
      { requiredKeys: ["user_id", "timestamp"] },
    );
    fc.assert(
      // A null sends the second item past the quick reading.
      fc.property(any, (given) => {
        expect(parseItem(given, now)).toEqual(parseItem({ ...given, source: null }, now));
      }),
      { numRuns: 200 },
    );
  });
});
