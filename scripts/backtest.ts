import { parseArgs } from "node:util";
import * as z from "zod";
import { parseDay } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { backtest } from "./backtest/backtest.ts";
import { describeBacktest } from "./backtest/table.ts";
import { ingestLog } from "./log/ingest-log.ts";
import { openLog } from "./log/open-log.ts";
import { logFlags, logHelp, logOptions } from "./log/options.ts";
import { runCommand } from "./terminal/command.ts";
import { beginStep } from "./terminal/progress.ts";

const help = `npm run backtest -- [FILE] [options]

How good lapse would have been: trains on what was known before a test snapshot, and judges on what came after.
Without a log, the synthetic one.

  --git PATH            the history of a local git repository instead of FILE
  --churn-days N        length of the churn window (default 90)
  --observe-days N      length of the observation window (default twice the churn window)
  --lead-days N         days between snapshot and churn window (default 0)
  --test DATE[..DATE]   test snapshots (default: the last one whose outcome is known)
  --test-step N         days between two of them (default the churn window)
${logHelp}`;

const days = z
  .string()
  .regex(/^\d{1,5}$/, "must be a whole number of days")
  .transform(Number)
  .pipe(z.int().min(0));
const flags = z.object({
  "churn-days": days.default(90),
  "observe-days": days.optional(),
  "lead-days": days.default(0),
  "test-step": days.optional(),
  test: z.string().optional(),
  git: z.string().optional(),
});

await runCommand(help, async () => {
  const { values, positionals } = parseArgs({
    options: {
      ...logFlags,
      "churn-days": { type: "string" },
      "observe-days": { type: "string" },
      "lead-days": { type: "string" },
      "test-step": { type: "string" },
      test: { type: "string" },
      git: { type: "string" },
    },
    allowPositionals: true,
  });
  const settings = flags.parse(values);
  const churn = {
    churnDays: settings["churn-days"],
    leadDays: settings["lead-days"],
    observeDays: settings["observe-days"] ?? 2 * settings["churn-days"],
  };
  const tests =
    settings.test === undefined ? undefined : snapshots(settings.test, settings["test-step"] ?? churn.churnDays);

  const database = await openDuckDb(":memory:");
  const actions = await DuckDbActionStore.open(database, { now: Date.now });
  const log = await openLog({ file: positionals[0], git: settings.git }, logOptions(values), Date.now());
  console.log(`${log.name}: ${log.columns}`);
  const step = beginStep("import");
  const report = await ingestLog(log, { actions, now: Date.now }, (read, total) => step.update(read, total));
  await actions.rollUp();
  step.end(`${report.created.toLocaleString("en")} actions`);
  if (report.rejected > 0)
    console.log(`${report.rejected.toLocaleString("en")} rows were left out:\n${report.rejections}`);
  console.log(describeBacktest(await backtest(actions, churn, tests), churn));
  await actions.close();
});

/** The snapshots that `DATE` or `DATE..DATE` names. */
function snapshots(text: string, step: number): number[] {
  const [first, last = first] = text.split("..").map(parseDay);
  if (first === undefined || last === undefined || last < first || step < 1)
    throw new InvalidInput(`--test takes DATE or DATE..DATE, such as 2024-01-01..2024-06-01, and not ${text}.`);
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}
