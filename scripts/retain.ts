import { type Command, Option } from "commander";
import * as z from "zod";
import { dayOf, formatDay, parseDay } from "#churn/day.ts";
import { parseConfig } from "#runtime/config.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { actorSetting, commandRecorder } from "./audit/record-act.ts";
import type { Call } from "./call/call.ts";
import { dropMonths } from "./retain/drop-months.ts";
import { firstMonthKept } from "./retain/first-month-kept.ts";
import { actorOf } from "./terminal/actor.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions, WrongUse } from "./terminal/options.ts";

const settings = withStoreRules(z.object({ ...actorSetting, ...storeSettings }));

export function retain(command: Command, call: Call): void {
  command
    .summary("deletes old months of actions and of the ledger")
    .description(
      "Deletes the actions and user-days of old UTC months, the contacts of these months and the assignments to campaigns that ended in them (results that were recorded stay), and old months of the ledger, which holds the scores that were served and what became of the users. Training needs at least the days that features look back on and three churn windows (docs/model.md); more months make more snapshots to learn from, and with fewer than 13 the features of a year ago are 0 (docs/stores.md). Features and scores need no limit: the next run of features deletes those of users without any action left.",
    )
    .addOption(new Option("--months <n>", "keeps the current month and the n before it").conflicts("since"))
    .option("--since <yyyy-mm>", "keeps this month and all after it")
    .option(
      "--ledger-months <n>",
      "keeps the ledger of the current month and the n before it, rather than as long as actions",
    )
    .action((options: unknown) => run(options, call));
  addHelpNotes(command, settings);
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

async function run(options: unknown, call: Call): Promise<void> {
  const { months, since, ledgerMonths } = parseOptions(optionsSchema, options);
  const today = dayOf(Date.now());
  const day = since === undefined ? undefined : parseDay(`${since}-01`);
  const actionsFrom = months === undefined ? day : firstMonthKept(today, months);
  if (actionsFrom === undefined) throw new WrongUse("error: say what to keep, with --months or --since");
  const ledgerFrom = ledgerMonths === undefined ? actionsFrom : firstMonthKept(today, ledgerMonths);

  const config = parseConfig(settings, call.environment);
  const stores = call.stores(config);
  try {
    const opened = {
      actions: await stores.actionStore(),
      ledger: await stores.ledger(),
      campaigns: await stores.campaignStore(),
      contacts: await stores.contactStore(),
    };
    const record = commandRecorder(await stores.audit(), actorOf(config, call.user));
    const details = { actionsFrom: formatDay(actionsFrom), ledgerFrom: formatDay(ledgerFrom) };
    const lines = await record({ action: "months.erased", details }, () =>
      dropMonths(opened, { actionsFrom, ledgerFrom }),
    );
    for (const line of lines) call.print(line);
  } finally {
    await stores.close();
  }
}
