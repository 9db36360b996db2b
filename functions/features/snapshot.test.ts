import { describe, expect, it } from "vitest";
import { featuresPing } from "#runtime/event-kinds.ts";
import { requestOf } from "./request.ts";
import { snapshotOf } from "./snapshot.ts";

const ping = { id: "1", source: "/pings", time: "1970-04-11T01:00:00Z" };
const event = featuresPing.make({ ...ping, data: { through: "yesterday" } });
const today = featuresPing.make({ ...ping, data: { through: "today" } });
const later = Date.parse("1970-06-01T00:00:00Z");

describe("the snapshot", () => {
  it("is the start of the event's day, whenever it is handled", () => {
    expect(snapshotOf(requestOf(event, later), 100)).toBe(100);
  });

  it("takes the event's own day in where that is asked for", () => {
    expect(snapshotOf(requestOf(today, later), 100)).toBe(101);
  });

  it("is the day after the last action where the log ends before", () => {
    expect(snapshotOf(requestOf(today, later), 60)).toBe(61);
  });

  it("goes by the clock for an event without a time", () => {
    expect(snapshotOf(requestOf({ ...event, time: undefined }, Date.parse("1970-04-12T12:00:00Z")), 1000)).toBe(101);
  });
});
