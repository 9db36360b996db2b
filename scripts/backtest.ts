import type { Command } from "commander";
import * as z from "zod";
import { parseDay } from "#churn/day.ts";
import { formatCounted } from "#pages/format.ts";
import { backtest } from "./backtest/backtest.ts";
import { predictionLines } from "./backtest/predictions.ts";
import { describeBacktest } from "./backtest/table.ts";
import { windowFor } from "./backtest/window-for.ts";
import type { Call } from "./call/call.ts";
import { ingestLog } from "./log/ingest-log.ts";
import { addLogOptions, logOptionsSchema } from "./log/options.ts";
import { churnActionsOf } from "./start/settings.ts";
import { addChurnOptions, askedChurn, churnOptions, faultOfOptions, withVariables } from "./terminal/churn-options.ts";
import { parseOptions, WrongUse } from "./terminal/options.ts";
import { beginStep } from "./terminal/progress.ts";
import { writeTexts } from "./write-texts.ts";

export function backtestLog(command: Command, call: Call): void {
  command
    .summary("tells how good lapse would have been on a log")
    .description(
      "How good lapse would have been on a log: for each test snapshot it trains on what was known then, and judges on what came after. Without a log, on the synthetic one.",
    )
    .argument("[files...]", "your log, in one file or several")
    .option("--git <path>", "the history of a local git repository instead of a file")
    .option("--test <date[..date]>", "test snapshots (default: those whose outcome is known, the newest 24 at most)")
    .option("--test-step <n>", "days from one test snapshot to the next (default: the churn window)")
    .option(
      "--predictions <file>",
      "writes each user at each snapshot with what was predicted and what they did, as CSV; .gz compresses it",
    )
    .action((files: readonly string[], options: unknown) => run(files, options, call));
  addLogOptions(
    addChurnOptions(command, {
      churnDays: "length of the churn window (default: 90, or what npm start would choose for a log too short)",
      leadDays: "days between the snapshot and the churn window (default: 0)",
      observeDays: "days that features look back on (default: four churn windows, fewer in a short log)",
    }),
  );
}

const optionsSchema = z.object({
  testStep: z
    .string()
    .regex(/^\d{1,5}$/, "must be a whole number of days")
    .transform(Number)
    .pipe(z.int().min(1))
    .optional(),
  test: z.string().optional(),
  git: z.string().optional(),
  predictions: z.string().min(1, "names the file to write").optional(),
  ...churnOptions,
});

async function run(
  files: readonly string[],
  options: unknown,
  { environment }: Pick<Call, "environment">,
): Promise<void> {
  const { test, testStep, git, predictions, ...given } = parseOptions(
    optionsSchema,
    withVariables(options, environment),
  );
  const asked = askedChurn(given);
  const { leadDays = 0, observeDays } = asked;
  const kinds = churnActionsOf(asked, undefined);
  const fault = faultOfOptions(kinds);
  if (fault !== undefined) throw new WrongUse(fault);
  const range = test === undefined ? undefined : daysOf(test);
  const logOptions = parseOptions(logOptionsSchema, options);
  // What cannot be written is told before, not after all trainings.
  if (predictions !== undefined) await writeTexts(predictions, []);

  const { openDuckDb } = await import("#stores/connections/duckdb/database.ts");
  const { DuckDbActionStore } = await import("#stores/actions/duckdb/action-store.ts");
  const { tellLog } = await import("./log/tell-log.ts");
  const database = await openDuckDb(":memory:");
  const actions = await DuckDbActionStore.open(database, { now: Date.now });
  const log = await tellLog({ files, git }, logOptions, Date.now());
  try {
    const step = beginStep("import");
    const report = await ingestLog(log, { actions, now: Date.now }, (read, total) => step.update(read, total));
    await actions.rollUp();
    step.end(formatCounted(report.created, "action"));
    if (report.details.length > 0) console.log(report.details.join("\n"));
  } finally {
    await log.close();
  }
  const churnDays = await windowFor(actions, { asked: asked.churnDays, leadDays }, kinds, (line) => console.log(line));
  const tests = range && snapshots(range, testStep ?? churnDays);
  const step = beginStep("backtest");
  try {
    const done = await backtest(actions, { churnDays, leadDays, observeDays, ...kinds }, tests, (at, of) =>
      step.update(at, of),
    );
    step.end(`trained at ${done.trials.length === 1 ? "1 snapshot" : `${done.trials.length} snapshots`}`);
    console.log(describeBacktest(done));
    if (predictions !== undefined) {
      await writeTexts(predictions, predictionLines(done.trials));
      const rows = done.trials.reduce((sum, trial) => sum + trial.test.rows, 0);
      console.log(`${formatCounted(rows, "row")} written to ${predictions}.`);
    }
  } catch (error) {
    step.abort();
    throw error;
  }
  await actions.close();
}

interface DayRange {
  readonly first: number;
  readonly last: number;
}

/** What `DATE` or `DATE..DATE` names. */
function daysOf(text: string): DayRange {
  const [first, last = first] = text.split("..").map(parseDay);
  if (first === undefined || last === undefined || last < first)
    throw new WrongUse(`error: --test takes DATE or DATE..DATE, such as 2024-01-01..2024-06-01, not ${text}`);
  return { first, last };
}

function snapshots({ first, last }: DayRange, step: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}
