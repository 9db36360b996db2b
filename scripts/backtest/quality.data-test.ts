import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDay } from "#churn/day.ts";
import type { Evaluation } from "#churn/model/manifest.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { ingestLog } from "../log/ingest-log.ts";
import { readLog } from "../log/read-log.ts";
import { backtest } from "./backtest.ts";

const folder = process.env.LAPSE_DATA;
if (folder === undefined)
  throw new Error(
    "Set LAPSE_DATA to a folder with CDNOW_master.txt, grocery_elog.csv and git_contributors_events.csv.gz.",
  );

const churn = { churnDays: 90, leadDays: 0 };

async function evaluationOf(file: string, tests: readonly number[]): Promise<Evaluation> {
  const actions = await DuckDbActionStore.open(await openDuckDb(":memory:"), { now: Date.now });
  const report = await ingestLog(await readLog([join(folder ?? "", file)], {}, Date.now()), { actions, now: Date.now });
  expect(report).toMatchObject({ duplicates: 0, rejected: 0 });
  await actions.rollUp();
  const { results } = await backtest(actions, churn, tests);
  await actions.close();
  const lapse = results.find(({ model }) => model === "lapse");
  if (lapse === undefined) throw new Error("The backtest tells nothing of lapse's own model.");
  return lapse.evaluation;
}

function snapshots(first: string, last = first, step = 91): number[] {
  const from = parseDay(first) ?? Number.NaN;
  const to = parseDay(last) ?? Number.NaN;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

describe("out of time, on users who were here, in one setting for all logs, lapse reaches", () => {
  it("AUC .72 on the customers of CDNOW", async () => {
    const { auc, ece } = await evaluationOf("CDNOW_master.txt", snapshots("1998-04-01"));
    expect(auc.value).toBeGreaterThanOrEqual(0.72);
    expect(ece.value).toBeLessThanOrEqual(0.05);
  });

  it("AUC .79 on the customers of a grocery", async () => {
    const { auc, ece } = await evaluationOf("grocery_elog.csv", snapshots("2007-10-01"));
    expect(auc.value).toBeGreaterThanOrEqual(0.79);
    expect(ece.value).toBeLessThanOrEqual(0.05);
  });

  it("AUC .88 on the contributors of git", async () => {
    const { auc, ece } = await evaluationOf("git_contributors_events.csv.gz", snapshots("2019-01-01", "2026-03-24"));
    expect(auc.value).toBeGreaterThanOrEqual(0.88);
    expect(ece.value).toBeLessThanOrEqual(0.05);
  });
});
