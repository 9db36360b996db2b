import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { pingType } from "#runtime/event-kinds.ts";
import { versionOf } from "./version.ts";

const event = {
  id: "7",
  source: "/pingsources/train",
  type: pingType,
  time: "2024-03-01T03:15:00.25+01:00",
};

describe("the version of an event", () => {
  it("sorts by the event's time, and is the same whenever the event is delivered", () => {
    expect(versionOf(event)).toMatch(/^20240301T021500Z-[0-9a-f]{6}$/);
    expect(versionOf({ ...event })).toBe(versionOf(event));
  });

  it("is another one for another event of the same second", () => {
    expect(versionOf({ ...event, id: "8" })).not.toBe(versionOf(event));
    expect(versionOf({ ...event, source: "/elsewhere" })).not.toBe(versionOf(event));
  });

  it.each(["2024-03-01 03:15:00,25+0100", "2024-03-01T03:15:00.250+01:00"])(
    "is had from every time that an event may have: %s",
    (time) => expect(versionOf({ ...event, time })).toBe(versionOf(event)),
  );

  it("counts a leap second as the second before it", () => {
    expect(versionOf({ ...event, time: "2016-12-31T23:59:60Z" })).toMatch(/^20161231T235959Z-/);
  });

  it.each([undefined, "yesterday"])("cannot be had from the time %s", (time) => {
    expect(() => versionOf({ ...event, time })).toThrow(InvalidInput);
  });
});
