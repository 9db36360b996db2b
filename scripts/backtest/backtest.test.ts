import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { formatDay, parseDay, startOf } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { randomFrom } from "#churn/random.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { backtest } from "./backtest.ts";
import { predictionLines } from "./predictions.ts";
import { describeBacktest } from "./table.ts";

const firstDay = parseDay("2024-01-01") ?? 0;
const churn = { churnDays: 7, leadDays: 0 };
let store: DuckDbActionStore;

beforeEach(async () => {
  store = await DuckDbActionStore.open(await openDuckDb(":memory:"), { now: () => startOf(firstDay + 100) });
});

afterEach(() => store.close());

/** Users who come nearly daily, less before they leave, which they do on some day from `from` on; for `days` days. */
async function fill(users: number, days: number, from = 0): Promise<void> {
  const random = randomFrom("backtest");
  const actions = Array.from({ length: users }, (_, u): Action[] => {
    const leaves = from + random() * 2 * days;
    return Array.from({ length: days }, (_, day) => day)
      .filter((day) => day === 0 || random() < (day < leaves - 10 ? 0.7 : day < leaves ? 0.2 : 0))
      .map((day) => ({ userId: `user ${u}`, action: "read", time: startOf(firstDay + day) }));
  });
  await store.append(actions.flat());
  await store.rollUp();
}

describe("a backtest", () => {
  it("judges at every snapshot whose outcome is complete, each after a training on what was known then", async () => {
    await fill(150, 50);
    const { trials, results } = await backtest(store, churn);
    expect(trials.map(({ snapshot }) => snapshot - firstDay)).toEqual([22, 29, 36, 43]);
    for (const { snapshot, training } of trials) expect(training.at(-1)).toBe(snapshot - 7);
    const rows = trials.reduce((sum, { test }) => sum + test.rows, 0);
    expect(results.map(({ model, evaluation }) => [model, evaluation.rows])).toEqual([
      ["lapse", rows],
      ["recency alone", rows],
      ["plain rate", rows],
    ]);
    expect(results[0]?.evaluation.auc.value).toBeGreaterThan(0.7);
  });

  it("tells every prediction with what the user did, from which its figures follow", async () => {
    await fill(150, 50);
    const { trials, results } = await backtest(store, churn);
    const [head, ...lines] = [...predictionLines(trials)].map((line) => line.trimEnd().split(","));
    expect(head).toEqual(["user_id", "snapshot", "churned", "probability", "recency_alone", "plain_rate"]);
    expect(lines).toHaveLength(results[0]?.evaluation.rows ?? 0);
    expect(new Set(lines.map(([userId, snapshot]) => `${userId} ${snapshot}`)).size).toBe(lines.length);
    expect([...new Set(lines.map(([, snapshot]) => snapshot))]).toEqual(
      trials.map(({ snapshot }) => formatDay(snapshot)),
    );
    const meanLoss = (column: number) =>
      lines.reduce(
        (sum, line) => sum - Math.log(line[2] === "1" ? Number(line[column]) : 1 - Number(line[column])),
        0,
      ) / lines.length;
    for (const [i, { evaluation }] of results.entries())
      expect(meanLoss(3 + i)).toBeCloseTo(evaluation.logLoss.value, 9);
  });

  it("tells population, peers and families, and how it was at each snapshot", async () => {
    await fill(150, 50);
    const done = await backtest(store, churn);
    const text = describeBacktest(done);
    expect(text).toContain("Churn: no action for 7 days.");
    expect(text).toMatch(/Population: users who were here, .*rows of 4 snapshots 2024-01-23 … 2024-02-13/);
    expect(text).toMatch(/Family: (blend|trees|logistic)/);
    for (const { snapshot } of done.trials) expect(text).toContain(`\n${formatDay(snapshot)} `);
    // A row, two columns of the snapshots, and the difference.
    expect(text.match(/recency alone/g)?.length).toBe(4);
  });

  it("judges at the snapshots asked for, unless their outcome is not complete", async () => {
    await fill(150, 50);
    const { trials } = await backtest(store, churn, [firstDay + 30]);
    expect(trials.map(({ snapshot }) => snapshot - firstDay)).toEqual([30]);
    await expect(backtest(store, churn, [firstDay + 44])).rejects.toThrow(InvalidInput);
    await expect(backtest(store, churn, [firstDay + 13])).rejects.toThrow(/too short to learn from/);
  });

  it("leaves out early snapshots before which nobody had churned", async () => {
    await fill(150, 50, 30);
    const { trials } = await backtest(store, churn);
    expect(trials.map(({ snapshot }) => snapshot - firstDay)).toEqual([36, 43]);
    await expect(backtest(store, churn, [firstDay + 22])).rejects.toThrow(/No user churned/);
  });
});
