import { describe, expect, it } from "vitest";
import { askedAt } from "./asked-at.ts";

const now = Date.parse("1970-04-12T12:00:00Z");

describe("when an event was sent", () => {
  it("is its time, whenever it is handled", () => {
    expect(askedAt({ time: "1970-04-11T01:00:00Z" }, now)).toBe(Date.parse("1970-04-11T01:00:00Z"));
  });

  it("is now for an event without a time, or with one that is still to come", () => {
    expect(askedAt({}, now)).toBe(now);
    expect(askedAt({ time: "1970-04-13T00:00:00Z" }, now)).toBe(now);
  });
});
