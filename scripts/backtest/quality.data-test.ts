import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Day, formatDay, parseDay } from "#churn/day.ts";
import { auc } from "#churn/metrics/auc.ts";
import type { Evaluation } from "#churn/model/manifest.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { ingestLog } from "../log/ingest-log.ts";
import { readLog } from "../log/read-log.ts";
import { backtest } from "./backtest.ts";

const folder = process.env.LAPSE_DATA;
if (folder === undefined)
  throw new Error(
    "Set LAPSE_DATA to a folder with CDNOW_master.txt, grocery_elog.csv, git_contributors_events.csv.gz and oulad_events.csv.gz.",
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
  it("AUC .725 on the customers of CDNOW, well calibrated", async () => {
    const { auc, logLoss, ece } = await evaluationOf("CDNOW_master.txt", snapshots("1998-04-01"));
    expect(auc.value).toBeGreaterThanOrEqual(0.725);
    expect(logLoss.value).toBeLessThanOrEqual(0.605);
    expect(ece.value).toBeLessThanOrEqual(0.03);
  });

  it("AUC .81 on the customers of a grocery", async () => {
    const { auc, logLoss, ece } = await evaluationOf("grocery_elog.csv", snapshots("2007-10-01"));
    expect(auc.value).toBeGreaterThanOrEqual(0.81);
    expect(logLoss.value).toBeLessThanOrEqual(0.44);
    expect(ece.value).toBeLessThanOrEqual(0.06);
  });

  it("AUC .898 on the contributors of git, well calibrated", async () => {
    const { auc, logLoss, ece } = await evaluationOf(
      "git_contributors_events.csv.gz",
      snapshots("2019-01-01", "2026-03-24"),
    );
    expect(auc.value).toBeGreaterThanOrEqual(0.898);
    expect(logLoss.value).toBeLessThanOrEqual(0.4);
    expect(ece.value).toBeLessThanOrEqual(0.03);
  });
});
