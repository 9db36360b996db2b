import { type Command, Option } from "commander";
import * as z from "zod";
import { dayOf, parseDay } from "#churn/day.ts";
import { loadConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { dropMonths } from "./retain/drop-months.ts";
import { firstMonthKept } from "./retain/first-month-kept.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions, WrongUse } from "./terminal/options.ts";

const settings = withStoreRules(z.object(storeSettings));

export function retain(command: Command): void {
  command
    .summary("deletes old months of actions and of the ledger")
    .description(
      "Deletes the actions and user-days of old UTC months, the contacts of these months and the assignments to campaigns that ended in them (results that were recorded stay), and old months of the ledger, which holds the scores that were served and what became of the users. Training needs at least the days that features look back on and three churn windows (docs/model.md); more months make more snapshots to learn from. Features and scores need no limit: the next run of features deletes those of users without any action left.",
    )
    .addOption(new Option("--months <n>", "keeps the current month and the n before it").conflicts("since"))
    .option("--since <yyyy-mm>", "keeps this month and all after it")
    .option(
      "--ledger-months <n>",
      "keeps the ledger of the current month and the n before it, rather than as long as actions",
    )
    .action(run);
  addHelpNotes(command, settings, "A DuckDB file belongs to one process: stop lapse first.");
}

const months = z
  .string()
  .regex(/^\d{1,4}$/, "takes a whole number of months")
  .transform(Number);

const optionsSchema = z.object({
  months: months.optional(),
  ledgerMonths: months.optional(),
  since: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, "takes a month such as 2025-03")
    .optional(),
});

async function run(options: unknown): Promise<void> {
  const { months, since, ledgerMonths } = parseOptions(optionsSchema, options);
  const today = dayOf(Date.now());
  const day = since === undefined ? undefined : parseDay(`${since}-01`);
  const actionsFrom = months === undefined ? day : firstMonthKept(today, months);
  if (actionsFrom === undefined) throw new WrongUse("error: say what to keep, with --months or --since");
  const ledgerFrom = ledgerMonths === undefined ? actionsFrom : firstMonthKept(today, ledgerMonths);

  const stores = new StoreConnections(storeOptionsOf(loadConfig(settings)), Date.now);
  try {
    const opened = {
      actions: await stores.actionStore(),
      ledger: await stores.ledger(),
      campaigns: await stores.campaignStore(),
      contacts: await stores.contactStore(),
    };
    for (const line of await dropMonths(opened, { actionsFrom, ledgerFrom })) console.log(line);
  } finally {
    await stores.close();
  }
}
