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

  it("takes whole numbers for ids and actions", () => {
    const numbers = { ...item, user_id: 42, action: 4624, event_id: 7 };
    expect(parseItem(numbers, now)).toEqual({ ...action, userId: "42", action: "4624", eventId: "7" });
  });

  it("cuts off blanks around ids and names, and knows what stands for nothing", () => {
    const blank = { ...item, user_id: " u1\t", action: "\u00a0login ", value: " NULL ", event_id: "None", source: "" };
    expect(parseItem(blank, now)).toEqual(action);
  });

  it("stores an action without a value that cannot be read, and tells so", () => {
    const told: unknown[] = [];
    for (const value of ["cheap", Number.POSITIVE_INFINITY, true, [1], "1,5", { toString: 1 }])
      expect(parseItem({ ...item, value }, now, (fault) => told.push(fault))).toEqual(action);
    expect(told).toEqual(Array(6).fill({ field: "value", error: "is not a number: it was left out." }));
    expect(parseItem({ ...item, value: "9.5" }, now)).toEqual({ ...action, value: 9.5 });
  });

  it("holds a value to a bound, so that no sum of them can overflow", () => {
    const told: unknown[] = [];
    for (const value of [1.7e308, -1.1e15, "1e16"])
      expect(parseItem({ ...item, value }, now, (fault) => told.push(fault))).toEqual(action);
    expect(told).toEqual(Array(3).fill({ field: "value", error: "is beyond 1000000000000000: it was left out." }));
    expect(parseItem({ ...item, value: -1e15 }, now)).toEqual({ ...action, value: -1e15 });
  });

  it("takes no action older than the oldest", () => {
    const oldest = Date.UTC(2014, 2, 1);
    const fault = { field: "timestamp", error: "is before 2014-03-01, the oldest that is taken (OLDEST_ACTION)." };
    expect(parseItem({ ...item, timestamp: "2014-02-28T23:59:59Z" }, now, undefined, oldest)).toEqual(fault);
    expect(parseItem({ ...item, timestamp: "2014-03-01" }, now, undefined, oldest)).toMatchObject({ time: oldest });
  });

  it.each([
    ["2024-03-01T12:00:00.250+01:00", Date.UTC(2024, 2, 1, 11, 0, 0, 250)],
    [1_709_290_800, Date.UTC(2024, 2, 1, 11)],
    [1_709_290_800.5, Date.UTC(2024, 2, 1, 11, 0, 0, 500)],
    [1_709_290_800_000, Date.UTC(2024, 2, 1, 11)],
    [1_709_290_800_000_000, Date.UTC(2024, 2, 1, 11)],
    ["1709290800", Date.UTC(2024, 2, 1, 11)],
    ["1709290800000000001", Date.UTC(2024, 2, 1, 11)],
    [20_240_301, Date.UTC(2024, 2, 1)],
    ["2024-03-01", Date.UTC(2024, 2, 1)],
    ["2024-03-01T11:00:00", Date.UTC(2024, 2, 1, 11)],
    ["Fri, 01 Mar 2024 12:00:00 +0100", Date.UTC(2024, 2, 1, 11)],
    [638_448_876_000_000_000n.toString(), Date.UTC(2024, 2, 1, 11)],
    [now + 86_400_000, now + 86_400_000],
  ])("reads the time %s", (timestamp, time) => {
    expect(parseItem({ ...item, timestamp }, now)).toEqual({ ...action, time });
  });

  const time = "must be an ISO 8601 time, or a number of seconds or milliseconds since 1970.";
  const forbidden = "must hold no control characters, and none that a wrong encoding has lost.";
  it.each([
    ["user_id", undefined, "is required."],
    ["user_id", null, "is required."],
    ["user_id", "", "is required."],
    ["user_id", "  ", "is required."],
    ["user_id", "NULL", "is required."],
    ["user_id", "[object Object]", "is required."],
    ["user_id", "a\u0000b", forbidden],
    ["user_id", "\ud800", forbidden],
    ["user_id", "Jos\ufffd", forbidden],
    ["user_id", "x".repeat(257), "is longer than 256 characters."],
    ["user_id", 2 ** 53, "must be a string."],
    ["user_id", 1.5, "must be a string."],
    ["action", undefined, "is required."],
    ["action", true, "must be a string."],
    ["action", "undefined", "is required."],
    ["action", "x".repeat(129), "is longer than 128 characters."],
    ["timestamp", undefined, "is required."],
    ["timestamp", "\\N", "is required."],
    ["timestamp", "03/01/2024", time],
    ["timestamp", "2024-02-30T11:00:00Z", time],
    ["timestamp", Number.NaN, time],
    ["timestamp", true, time],
    ["timestamp", "1970-01-01T23:59:59Z", "is before 1970-01-02, as of a clock that was never set."],
    ["timestamp", 0, time],
    ["timestamp", 86_400, time],
    ["timestamp", now + 86_400_001, "is more than a day in the future."],
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
});
