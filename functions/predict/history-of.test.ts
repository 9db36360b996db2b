import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { startOf } from "#churn/day.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { historyOf } from "./history-of.ts";

function action(day: number, name: string, rest: Partial<Action> = {}): Action {
  return { userId: "ana", action: name, time: startOf(day), ...rest };
}

describe("historyOf", () => {
  it("counts actions by UTC day and name, in that order, and adds up their values", () => {
    const last = startOf(11) - 1;
    const actions = [
      action(11, "login"),
      action(10, "buy", { value: 2.5 }),
      action(10, "buy", { time: last, value: 4 }),
      action(10, "alarm"),
    ];
    expect(historyOf("ana", actions)).toEqual({
      userId: "ana",
      days: [
        { day: 10, action: "alarm", count: 1, value: 0 },
        { day: 10, action: "buy", count: 2, value: 6.5 },
        { day: 11, action: "login", count: 1, value: 0 },
      ],
    });
  });

  it("counts a repeated action once: the same content, or the same event id", () => {
    const twice = [
      action(10, "login"),
      action(10, "login"),
      action(10, "buy", { eventId: "a" }),
      action(12, "buy", { eventId: "a" }),
    ];
    expect(historyOf("ana", twice).days).toEqual([
      { day: 10, action: "buy", count: 1, value: 0 },
      { day: 10, action: "login", count: 1, value: 0 },
    ]);
  });

  it("is what the action log makes of the same actions", async () => {
    const database = await openDuckDb(":memory:");
    const actions = await DuckDbActionStore.open(database, { now: () => startOf(60) });
    const oneAction = fc.record({
      day: fc.nat(40),
      name: fc.constantFrom("login", "buy", "Zoo", "é"),
      ms: fc.nat(86_399_999),
      value: fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }),
    });
    const sample = fc.sample(fc.array(oneAction, { minLength: 1, maxLength: 60 }), { numRuns: 20, seed: 7 });
    const users = sample.map((actions, user) =>
      actions.map(({ day, name, ms, value }) =>
        action(day, name, { userId: `u${user}`, time: startOf(day) + ms, value }),
      ),
    );
    await actions.append([...users.flat(), ...users.flat()]);
    await actions.rollUp();
    const stored = await actions.historiesOf(users.map((_, user) => `u${user}`));
    for (const [user, actions] of users.entries()) {
      expect(historyOf(`u${user}`, actions)).toEqual(stored.get(`u${user}`));
    }
    await actions.close();
    await database.close();
  });
});
