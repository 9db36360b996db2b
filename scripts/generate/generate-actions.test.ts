import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Action, actionId } from "#churn/action.ts";
import { dayOf, parseDay } from "#churn/day.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { ingestLog } from "../log/ingest-log.ts";
import { daysIn, type GenerateOptions, generateActions } from "./generate-actions.ts";
import { generateLog } from "./generate-log.ts";

const endDay = parseDay("2024-06-30")!;
const options: GenerateOptions = { users: 1_500, months: 8, endDay, seed: 5 };
const days = [...generateActions(options)];
const actions = days.flat();

describe("generateActions", () => {
  it("makes the same log from the same options, and another from another seed", () => {
    const small = { ...options, users: 100, months: 2 };
    expect(digest(small)).toBe(digest(small));
    expect(digest({ ...small, seed: 6 })).not.toBe(digest(small));
  });

  it("gives whole days in order, the last of them the end day, and times in order", () => {
    expect(days).toHaveLength(daysIn(options));
    const firstDay = endDay - days.length + 1;
    expect(days.every((day, index) => day.every(({ time }) => dayOf(time) === firstDay + index))).toBe(true);
    expect(actions.every(({ time }, index) => index === 0 || time >= actions[index - 1]!.time)).toBe(true);
  });

  it("makes no two actions of one identity, and values for purchases alone", () => {
    expect(new Set(actions.map(actionId)).size).toBe(actions.length);
    expect(actions.every(({ action, value }) => (value !== undefined && value > 0) === (action === "purchase"))).toBe(
      true,
    );
  });

  it("has nearly all users act, most of them with tens of actions, a visit beginning with a login", () => {
    const users = new Set(actions.map(({ userId }) => userId)).size;
    expect(users).toBeGreaterThan(0.9 * options.users);
    expect(users).toBeLessThanOrEqual(options.users);
    expect(actions.length / users).toBeGreaterThan(50);
    expect(actions.length / users).toBeLessThan(200);
    const firsts = new Map([...actions].reverse().map(({ userId, action }) => [userId, action]));
    expect(new Set(firsts.values())).toEqual(new Set(["login"]));
  });

  it("has the share of active users fall silent for a month that a product of this kind knows", () => {
    const rates: number[] = [];
    for (let at = 60; at + 30 <= days.length; at += 30) rates.push(churnAt(at).rate);
    expect(Math.min(...rates)).toBeGreaterThan(0.08);
    expect(Math.max(...rates)).toBeLessThan(0.25);
  });

  it("foretells leaving by little activity and visits to the cancel page, more than by the choice of a theme", () => {
    const lift = (isSign: (mine: readonly Action[]) => boolean) => {
      let signs = 0;
      let signsChurned = 0;
      let others = 0;
      let othersChurned = 0;
      for (let at = 60; at + 30 <= days.length; at += 30)
        for (const { mine, churned } of churnAt(at).users)
          if (isSign(mine)) {
            signs += 1;
            signsChurned += churned ? 1 : 0;
          } else {
            others += 1;
            othersChurned += churned ? 1 : 0;
          }
      return signsChurned / signs / (othersChurned / others);
    };
    const did = (name: string) => (mine: readonly Action[]) => mine.some(({ action }) => action === name);
    expect(lift(did("cancel_page"))).toBeGreaterThan(1.5);
    expect(lift((mine) => mine.length < 5)).toBeGreaterThan(2);
    expect(lift(did("cancel_page"))).toBeGreaterThan(1.5 * lift(did("change_theme")));
  });

  it("is the log that imports read", async () => {
    const log = generateLog({ ...options, users: 50, months: 1 });
    let count = 0;
    let read = 0;
    const places: string[] = [];
    for await (const batch of log.batches) {
      places.push(batch.place(0), batch.place(batch.items.length - 1));
      count += batch.items.length;
      read = batch.read;
    }
    expect(read).toBe(log.total);
    const byDay = [...generateActions({ ...options, users: 50, months: 1 })];
    expect(count).toBe(byDay.flat().length);
    expect([places[0], places.at(-1)]).toEqual(["action 1 of day 1", `action ${byDay.at(-1)?.length} of day ${read}`]);
  });

  it("is staged as the actions that its batches hold, each of another identity", async () => {
    const store = await DuckDbActionStore.open(await openDuckDb(":memory:"), { now: Date.now });
    const few = { ...options, users: 50, months: 1 };
    const count = [...generateActions(few)].flat().length;
    const [staged, inBatches] = [generateLog(few), generateLog(few)];
    try {
      const told: (readonly [number, number | undefined, number])[] = [];
      const report = await ingestLog(staged, { actions: store, now: Date.now }, (...of) => told.push(of));
      expect(report).toMatchObject({ created: count, duplicates: 0, rejected: 0, details: [] });
      expect(told.at(-1)).toEqual([staged.total, staged.total, count]);
      const byBatches = { append: store.append.bind(store) };
      const again = await ingestLog(inBatches, { actions: byBatches, now: Date.now });
      expect(again).toMatchObject({ created: 0, duplicates: count, rejected: 0 });
    } finally {
      await staged.close();
      await store.close();
    }
  });
});

function digest(asked: GenerateOptions): string {
  const hash = createHash("sha256");
  for (const day of generateActions(asked)) hash.update(JSON.stringify(day));
  return hash.digest("hex");
}

/** Of the users active in the 60 days before day number `at`: what they did in the 30 before, and who then was silent for 30. */
function churnAt(at: number) {
  const active = new Map<string, Action[]>();
  for (const action of days.slice(at - 60, at).flat()) active.set(action.userId, []);
  for (const action of days.slice(at - 30, at).flat()) active.get(action.userId)?.push(action);
  const after = new Set(days.slice(at, at + 30).flatMap((day) => day.map(({ userId }) => userId)));
  const users = [...active].map(([userId, mine]) => ({ mine, churned: !after.has(userId) }));
  return { users, rate: users.filter(({ churned }) => churned).length / users.length };
}
