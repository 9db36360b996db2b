import { describe, expect, it } from "vitest";
import { parseDay } from "../day.ts";
import { type JudgedNight, newestPromises, promisesByMonth } from "./by-month.ts";
import { NightTally } from "./night-tally.ts";

describe("promises by month", () => {
  it("are told by version, and of all lists that counted", () => {
    const judged = [
      night("2024-04-01", "v1", 10),
      night("2024-04-02", "v1", 10),
      // Promoted in the morning: the list that people saw last is its.
      night("2024-04-02", "v2", 20, { addedAt: 2 }),
      night("2024-05-01", "v2", 40),
      night("2024-04-01", "v3", 90, { role: "challenger" }),
    ];
    const months = promisesByMonth(judged, "champion");
    expect(months.map(({ month }) => month)).toEqual(["2024-05", "2024-04"]);
    expect(months[1]?.all).toMatchObject({ nights: 2, users: 100, left: 15 });
    expect(months[1]?.versions.map(({ version, promises }) => [version, promises.nights, promises.left])).toEqual([
      ["v2", 1, 20],
      ["v1", 2, 10],
    ]);
    expect(promisesByMonth(judged, "challenger").map(({ all }) => all.left)).toEqual([90]);
    expect(promisesByMonth([], "champion")).toEqual([]);
  });

  it("of the newest nights are of as many as asked for", () => {
    const judged = ["2024-04-01", "2024-04-02", "2024-04-03"].map((day, i) => night(day, "v1", 10 * i));
    expect(newestPromises(judged.toReversed(), "champion", 2)).toMatchObject({ nights: 2, left: 15 });
    expect(newestPromises(judged, "challenger")).toBeUndefined();
  });
});

/** A hundred users, of whom `left` left. */
function night(day: string, modelVersion: string, left: number, changes: Partial<JudgedNight> = {}): JudgedNight {
  const tally = new NightTally();
  for (let i = 0; i < 100; i++) tally.add(`user-${i}`, 0.2, i < left, 1 + (i % 7));
  return { snapshot: parseDay(day)!, modelVersion, role: "champion", addedAt: 1, night: tally.night(), ...changes };
}
