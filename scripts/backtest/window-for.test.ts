import { expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { windowFor } from "./window-for.ts";

/** Users who are back each week, as long as the log goes. */
function weekly(length: number) {
  const histories: UserHistory[] = ["ana", "ben", "eve"].map((userId, offset) => ({
    userId,
    days: Array.from({ length: Math.floor((length - offset) / 7) }, (_, week) => ({
      ...{ day: offset + 7 * week, action: "visit", count: 1, value: 0 },
    })),
  }));
  return {
    extent: async () => ({ firstDay: 0, lastDay: length - 1, users: 3, actions: 3 }),
    async *histories() {
      yield* histories;
    },
  } as Parameters<typeof windowFor>[0];
}
const told: string[] = [];
const tell = (line: string) => told.push(line);

it("is what was asked for where the log is long enough", async () => {
  expect(await windowFor(weekly(800), { asked: 45, leadDays: 0 }, {}, tell)).toBe(45);
  expect(told).toEqual([]);
});

it("is the usual window where nothing was asked for, and tells what npm start would choose if that is another", async () => {
  expect(await windowFor(weekly(800), { asked: undefined, leadDays: 0 }, {}, tell)).toBe(90);
  expect(told.splice(0)).toEqual([
    "A churn window of 90 days. npm start would choose 30 (100 % of the pauses in this log ended sooner): --churn-days 30 judges what it would serve.",
  ]);
});

it("of a log too short for the usual window is what npm start would choose, and says so", async () => {
  const days = await windowFor(weekly(200), { asked: undefined, leadDays: 0 }, {}, tell);
  expect(days).toBe(30);
  expect(told.splice(0)).toEqual([
    "The log covers 200 days, too few for a churn window of 90 days. Taking 30, as npm start would (100 % of the pauses in this log ended sooner); --churn-days changes it.",
  ]);
});

it("refuses a window that was asked for in a log too short for it, and suggests another", async () => {
  const asked = windowFor(weekly(200), { asked: 90, leadDays: 0 }, {}, tell);
  await expect(asked).rejects.toThrow(InvalidInput);
  await expect(asked).rejects.toThrow(
    /too few for a churn window of 90 days\. npm start would choose (\d+): --churn-days \1 /,
  );
  expect(told).toEqual([]);
});
