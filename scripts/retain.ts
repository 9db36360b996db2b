import { parseArgs } from "node:util";
import * as z from "zod";
import { dayOf, formatDay, parseDay } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { loadConfig } from "#runtime/config.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { firstMonthKept } from "./retain/first-month-kept.ts";
import { runCommand } from "./terminal/command.ts";

const help = `npm run retain -- --months N | --since YYYY-MM

Deletes actions and user-days of whole UTC months that are too old. Training needs the observation window and two churn
windows at least (docs/model.md); more months make more snapshots to learn from. Features and scores need no limit: those
of users who are no longer active go with the next snapshot.

  --months N            keeps the current month and N before it
  --since YYYY-MM       keeps that month and all after it

Settings: those of the stores (docs/operate.md). A DuckDB file belongs to one process: stop \`npm start\` first.`;

const flags = z.object({
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

await runCommand(help, async () => {
  const { values } = parseArgs({ options: { months: { type: "string" }, since: { type: "string" } } });
  const { months, since } = flags.parse(values);
  const day = since === undefined ? undefined : parseDay(`${since}-01`);
  const first = months === undefined ? day : firstMonthKept(dayOf(Date.now()), months);
  if (first === undefined || (months !== undefined && since !== undefined))
    throw new InvalidInput("Say what to keep, with --months or with --since. See --help.");

  const config = loadConfig(withStoreRules(z.object(storeSettings)));
  const stores = new StoreConnections(storeOptionsOf(config), Date.now);
  try {
    const { actions, userDays } = await (await stores.actionStore()).dropMonthsBefore(first);
    const gone = `${actions.toLocaleString("en")} actions and ${userDays.toLocaleString("en")} user-days`;
    console.log(`Deleted ${gone} before ${formatDay(first)}.`);
  } finally {
    await stores.close();
  }
});
