import { expect, it } from "vitest";
import { parseDay } from "#churn/day.ts";
import { withOldestAction } from "./oldest-action.ts";

const now = Date.UTC(2024, 2, 1);
const from = (day: string) => ({ actions: 1, users: 1, firstDay: parseDay(day) ?? 0, lastDay: 20_000 });

it("takes actions as old as the log that is there", () => {
  expect(withOldestAction({ A: "b" }, from("1997-01-01"), now)).toEqual({ A: "b", OLDEST_ACTION: "1997-01-01" });
});

it("leaves alone what is set, and a log that is not old", () => {
  const set = { OLDEST_ACTION: "2001-01-01" };
  expect(withOldestAction(set, from("1997-01-01"), now)).toEqual(set);
  expect(withOldestAction({}, from("2020-01-01"), now)).toEqual({});
  expect(withOldestAction({}, undefined, now)).toEqual({});
});
