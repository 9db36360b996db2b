import { describe, expect, it } from "vitest";
import { askedSnapshot } from "./asked-snapshot.ts";

const asOf = Date.parse("1970-04-11T01:00:00Z");

describe("the snapshot", () => {
  it("is the start of the day of the request", () => {
    expect(askedSnapshot({ asOf, through: "yesterday" }, 100)).toBe(100);
  });

  it("takes that day in where that is asked for, but none after it", () => {
    expect(askedSnapshot({ asOf, through: "today" }, 100)).toBe(101);
    expect(askedSnapshot({ asOf, through: "today" }, 101)).toBe(101);
  });

  it("is the day after the last action where the log ends before", () => {
    expect(askedSnapshot({ asOf, through: "today" }, 60)).toBe(61);
  });
});
