import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDay } from "#churn/day.ts";
import type { ChurnSettings } from "#churn/definition.ts";
import { auc } from "#churn/metrics/auc.ts";
import type { Evaluation } from "#churn/model/manifest.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { type StudentRow, silenceRows, studentRows, studentsCsv } from "#test/experiments/students.ts";
import { generateActions } from "../generate/generate-actions.ts";
import { ingestLog } from "../log/ingest-log.ts";
import { readLog } from "../log/read-log.ts";
import { backtest } from "./backtest.ts";

const folder = process.env.LAPSE_DATA;
if (folder === undefined)
  throw new Error(
    "Set LAPSE_DATA to a folder with CDNOW_master.txt, grocery_elog.csv, git_contributors_events.csv.gz and oulad_events.csv.gz.",
  );

const churn = { churnDays: 90, leadDays: 0 };

/** Imports a log file as `lapse backtest` does, and judges on it. */
async function evaluationOf(
  path: string,
  tests: readonly number[],
  settings: ChurnSettings = churn,
): Promise<Evaluation> {
  const actions = await DuckDbActionStore.open(await openDuckDb(":memory:"), { now: Date.now });
  const report = await ingestLog(await readLog([path], {}, Date.now()), { actions, now: Date.now });
  expect(report).toMatchObject({ duplicates: 0, rejected: 0 });
  await actions.rollUp();
  return judged(actions, tests, settings);
}

async function judged(
  actions: DuckDbActionStore,
  tests: readonly number[],
  settings: ChurnSettings,
): Promise<Evaluation> {
  const { results } = await backtest(actions, settings, tests);
  await actions.close();
  const lapse = results.find(({ model }) => model === "lapse");
  if (lapse === undefined) throw new Error("The backtest tells nothing of lapse's own model.");
  return lapse.evaluation;
}

const fileOf = (name: string) => join(folder ?? "", name);

function snapshots(first: string, last = first, step = 91): number[] {
  const from = parseDay(first) ?? Number.NaN;
  const to = parseDay(last) ?? Number.NaN;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

/** Bounds are just worse than the figures in docs/model.md, so that a loss of quality shows. */
describe("out of time, on users who were here, in one setting for all logs, lapse reaches", () => {
  it("AUC .729 on the customers of CDNOW, well calibrated", async () => {
    const { auc, logLoss, ece } = await evaluationOf(fileOf("CDNOW_master.txt"), snapshots("1998-04-01"));
    expect(auc.value).toBeGreaterThanOrEqual(0.729);
    expect(logLoss.value).toBeLessThanOrEqual(0.6015);
    expect(ece.value).toBeLessThanOrEqual(0.02);
  });

  it("AUC .824 on the customers of a grocery", async () => {
    const { auc, logLoss, ece } = await evaluationOf(fileOf("grocery_elog.csv"), snapshots("2007-10-01"));
    expect(auc.value).toBeGreaterThanOrEqual(0.824);
    expect(logLoss.value).toBeLessThanOrEqual(0.427);
    // Of 299 rows, a model that is right has about as much by chance.
    expect(ece.value).toBeLessThanOrEqual(0.05);
  });

  it("AUC .901 on the contributors of git, well calibrated", async () => {
    const { auc, logLoss, ece } = await evaluationOf(
      fileOf("git_contributors_events.csv.gz"),
      snapshots("2019-01-01", "2026-03-24"),
    );
    expect(auc.value).toBeGreaterThanOrEqual(0.901);
    expect(logLoss.value).toBeLessThanOrEqual(0.392);
    expect(ece.value).toBeLessThanOrEqual(0.015);
  });

  it("AUC .805 on a synthetic log, well calibrated", async () => {
    const actions = await DuckDbActionStore.open(await openDuckDb(":memory:"), { now: Date.now });
    const log = { users: 4000, months: 9, seed: "1", endDay: parseDay("2026-11-22") ?? Number.NaN };
    for (const some of generateActions(log)) await actions.append(some);
    await actions.rollUp();
    const { auc, logLoss, ece } = await judged(actions, snapshots("2026-10-24"), { churnDays: 30, leadDays: 0 });
    expect(auc.value).toBeGreaterThanOrEqual(0.805);
    expect(logLoss.value).toBeLessThanOrEqual(0.2905);
    expect(ece.value).toBeLessThanOrEqual(0.008);
  });
});

/** Two months into the courses that began in February and in October. */
const tests = [
  { day: parseDay("2014-04-02") ?? Number.NaN, presentation: "2014B" },
  { day: parseDay("2014-11-30") ?? Number.NaN, presentation: "2014J" },
];

it("AUC .745 on students who fall silent, in two seasons whose levels differ", async () => {
  const rows = await silenceRows(fileOf("oulad_events.csv.gz"));
  const days = tests.map(({ day }) => day);
  const { rows: judgedRows, auc, logLoss } = await judged(await storeOf(rows), days, { churnDays: 60, leadDays: 0 });
  expect(judgedRows).toBe(19_588);
  expect(auc.value).toBeGreaterThanOrEqual(0.745);
  expect(logLoss.value).toBeLessThanOrEqual(0.442);
});

describe("where students leave by unregistering, lapse", () => {
  it("scores all who had not left and no others, far better than their recency tells", async () => {
    const rows = await studentRows(fileOf("oulad_events.csv.gz"), 1);
    const actions = await storeOf(rows);
    const settings = { churnDays: 60, leadDays: 0, action: "unregister" };
    const { trials, results } = await backtest(
      actions,
      settings,
      tests.map(({ day }) => day),
    );
    await actions.close();

    for (const { snapshot, test } of trials) {
      const before = rows.filter(({ day }) => day < snapshot);
      const left = new Set(before.filter(({ action }) => action === "unregister").map(({ student }) => student));
      const expected = new Set(before.map(({ student }) => student).filter((student) => !left.has(student)));
      expect(new Set(test.users)).toEqual(expected);
    }
    const [lapse, recency] = results;
    expect(lapse?.evaluation.auc.value).toBeGreaterThanOrEqual(0.82);
    expect(lapse?.evaluation.auc.low).toBeGreaterThan(recency?.evaluation.auc.high ?? 1);
    expect(lapse?.evaluation.ece.value).toBeLessThanOrEqual(0.02);

    // Of those alone whose course had begun two months before there is little to see: docs/decisions/leaving-by-an-action.md.
    const begun = trials.flatMap(({ test, probabilities }, i) =>
      test.users.flatMap((student, row) =>
        student.includes(tests[i]?.presentation ?? "?") ? [{ y: test.y[row] ?? 0, p: probabilities[row] ?? 0 }] : [],
      ),
    );
    const y = begun.map(({ y: churned }) => churned);
    expect(y.reduce((sum, churned) => sum + churned, 0)).toBe(947);
    expect(
      auc(
        y,
        begun.map(({ p }) => p),
      ),
    ).toBeGreaterThanOrEqual(0.65);
  });
});

/** A log of these rows, read from a file as any other. */
async function storeOf(rows: readonly StudentRow[]): Promise<DuckDbActionStore> {
  const actions = await DuckDbActionStore.open(await openDuckDb(":memory:"), { now: Date.now });
  const path = await mkdtemp(join(tmpdir(), "lapse-students-"));
  const file = join(path, "students.csv");
  await writeFile(file, studentsCsv(rows));
  await ingestLog(await readLog([file], {}, Date.now()), { actions, now: Date.now });
  await actions.rollUp();
  await rm(path, { recursive: true });
  return actions;
}
