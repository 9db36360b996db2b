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

  it.each([undefined, "yesterday"])("cannot be had from the time %s", (time) => {
    expect(() => versionOf({ ...event, time })).toThrow(InvalidInput);
  });
});
