import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parseConfig } from "./config.ts";
import { nextRuns, scheduleSettings } from "./schedules.ts";

const read = (SCHEDULES: string) => parseConfig(z.object(scheduleSettings), { SCHEDULES }).SCHEDULES ?? [];
const noon = Date.parse("2026-07-01T12:00:00Z");

describe("schedules", () => {
  it("tell what runs next, the earliest first, in the time zone of each", () => {
    const schedules = read("train;30 2 * * *;UTC;features;0 1 * * *;UTC;digest;0 15 * * *;Europe/Berlin");
    expect(nextRuns(schedules, noon).map(({ name, at }) => [name, new Date(at).toISOString()])).toEqual([
      ["digest", "2026-07-01T13:00:00.000Z"],
      ["features", "2026-07-02T01:00:00.000Z"],
      ["train", "2026-07-02T02:30:00.000Z"],
    ]);
  });

  it("are told next after a moment at which they run", () => {
    const [next] = nextRuns(read("train;0 12 * * *;UTC"), noon);
    expect(next?.at).toBe(noon + 24 * 3_600_000);
  });

  it.each([
    "train",
    "train;30 2 * * *",
    "train;schedule;timezone",
    "train;30 2 * * *;Nowhere/Land",
    ";30 2 * * *;UTC",
    "train;30 2 * *;UTC",
    "train;0 30 2 * * *;UTC",
    "train;30 2 * * *;",
  ])("are refused by the name of the setting where they cannot be read: %s", (text) => {
    expect(() => read(text)).toThrow(/SCHEDULES must be/);
  });
});
