import { type Command, Option } from "commander";
import * as z from "zod";
import { dayOf, formatDay, parseDay } from "#churn/day.ts";
import { loadConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { firstMonthKept } from "./retain/first-month-kept.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions, WrongUse } from "./terminal/options.ts";

const settings = withStoreRules(z.object(storeSettings));

export function retain(command: Command): void {
  command
    .summary("deletes old months of actions")
    .description(
      "Deletes the actions and user-days of old UTC months. Training needs at least the days that features look back on and three churn windows (docs/model.md); more months make more snapshots to learn from. Features and scores need no limit: the next run of features deletes those of users without any action left.",
    )
    .addOption(new Option("--months <n>", "keeps the current month and the n before it").conflicts("since"))
    .option("--since <yyyy-mm>", "keeps this month and all after it")
    .action(run);
  addHelpNotes(command, settings, "A DuckDB file belongs to one process: stop lapse first.");
}

const optionsSchema = z.object({
  months: z
    .string()
    .regex(/^\d{1,4}$/, "takes a whole number of months")
    .transform(Number)
    .optional(),
  since: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, "takes a month such as 2025-03")
    .optional(),
});

async function run(options: unknown): Promise<void> {
  const { months, since } = parseOptions(optionsSchema, options);
  const day = since === undefined ? undefined : parseDay(`${since}-01`);
  const first = months === undefined ? day : firstMonthKept(dayOf(Date.now()), months);
  if (first === undefined) throw new WrongUse("error: say what to keep, with --months or --since");

  const stores = new StoreConnections(storeOptionsOf(loadConfig(settings)), Date.now);
  try {
    const { actions, userDays } = await (await stores.actionStore()).dropMonthsBefore(first);
    const gone = `${actions.toLocaleString("en")} actions and ${userDays.toLocaleString("en")} user-days`;
    console.log(`Deleted ${gone} before ${formatDay(first)}.`);
  } finally {
    await stores.close();
  }
}
