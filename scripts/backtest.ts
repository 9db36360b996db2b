import type { Command } from "commander";
import * as z from "zod";
import { parseDay } from "#churn/day.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { backtest } from "./backtest/backtest.ts";
import { describeBacktest } from "./backtest/table.ts";
import { ingestLog } from "./log/ingest-log.ts";
import { addLogOptions, logOptionsSchema } from "./log/options.ts";
import { tellLog } from "./log/tell-log.ts";
import { parseOptions, WrongUse } from "./terminal/options.ts";
import { beginStep } from "./terminal/progress.ts";

export function backtestLog(command: Command): void {
  command
    .summary("tells how good lapse would have been on a log")
    .description(
      "How good lapse would have been on a log: trains on what was known before a test snapshot, and judges on what came after. Without a log, on the synthetic one.",
    )
    .argument("[files...]", "your log, in one file or several")
    .option("--git <path>", "the history of a local git repository instead of a file")
    .option("--churn-days <n>", "length of the churn window", "90")
    .option("--observe-days <n>", "days that features look back on (default: four churn windows, fewer in a short log)")
    .option("--lead-days <n>", "days between the snapshot and the churn window", "0")
    .option("--test <date[..date]>", "test snapshots (default: the last one whose outcome is known)")
    .option("--test-step <n>", "days from one test snapshot to the next (default: the churn window)")
    .action(run);
  addLogOptions(command);
}

const days = z
  .string()
  .regex(/^\d{1,5}$/, "must be a whole number of days")
  .transform(Number)
  .pipe(z.int().min(0));

const optionsSchema = z.object({
  churnDays: days,
  observeDays: days.optional(),
  leadDays: days,
  testStep: days.optional(),
  test: z.string().optional(),
  git: z.string().optional(),
});

async function run(files: readonly string[], options: unknown): Promise<void> {
  const { churnDays, leadDays, observeDays, test, testStep, git } = parseOptions(optionsSchema, options);
  const churn = { churnDays, leadDays, observeDays };
  const tests = test === undefined ? undefined : snapshots(test, testStep ?? churnDays);
  const logOptions = parseOptions(logOptionsSchema, options);

  const database = await openDuckDb(":memory:");
  const actions = await DuckDbActionStore.open(database, { now: Date.now });
  const log = await tellLog({ files, git }, logOptions, Date.now());
  try {
    const step = beginStep("import");
    const report = await ingestLog(log, { actions, now: Date.now }, (read, total) => step.update(read, total));
    await actions.rollUp();
    step.end(`${report.created.toLocaleString("en")} actions`);
    if (report.details.length > 0) console.log(report.details.join("\n"));
  } finally {
    await log.close();
  }
  console.log(describeBacktest(await backtest(actions, churn, tests)));
  await actions.close();
}

/** The snapshots that `DATE` or `DATE..DATE` names. */
function snapshots(text: string, step: number): number[] {
  const [first, last = first] = text.split("..").map(parseDay);
  if (first === undefined || last === undefined || last < first || step < 1)
    throw new WrongUse(`error: --test takes DATE or DATE..DATE, such as 2024-01-01..2024-06-01, not ${text}`);
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}
