import { expect, it } from "vitest";
import { parseDay } from "#churn/day.ts";
import { mean } from "#churn/metrics/mean.ts";
import { hasChurned } from "#churn/population.ts";
import { chancesOfSilence } from "./known-chances.ts";
import { simulateHistories } from "./simulated-log.ts";

const endDay = parseDay("2026-06-30") ?? 0;
const options = { users: 1500, months: 5, endDay, seed: "chances" };
const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };
const at = endDay + 1 - churn.churnDays;

it("is the share of people who then take no action, overall and of those whose chance is great", () => {
  const chances = chancesOfSilence(options, at, churn.churnDays);
  const silent = new Map(simulateHistories(options).map((history) => [history.userId, hasChurned(history, at, churn)]));
  // Of who never comes there is no history.
  const people = Array.from(chances, ([userId, chance]) => ({ chance, churned: silent.get(userId) === false ? 0 : 1 }));
  for (const some of [people, people.filter(({ chance }) => chance > 0.3)]) {
    const expected = some.map(({ chance }) => chance);
    const deviation = Math.sqrt(mean(expected.map((chance) => chance * (1 - chance))) / some.length);
    expect(some.length).toBeGreaterThan(60);
    expect(Math.abs(mean(expected) - mean(some.map(({ churned }) => churned)))).toBeLessThan(3 * deviation);
  }
});

it("is of the day that is asked for, and of no other than a day of the simulation", () => {
  const few = { ...options, users: 200 };
  const early = chancesOfSilence(few, at - 60, churn.churnDays);
  expect([...early]).not.toEqual([...chancesOfSilence(few, at, churn.churnDays)]);
  expect([...early]).toEqual([...chancesOfSilence(few, at - 60, churn.churnDays)]);
  expect(() => chancesOfSilence(few, endDay + 2, churn.churnDays)).toThrow(RangeError);
});
