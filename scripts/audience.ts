import type { Command } from "commander";
import * as z from "zod";
import { valueAtRisk } from "#churn/list/listed-user.ts";
import { type Member, selectAudience } from "#functions/desk/campaigns/audience/select-audience.ts";
import { csvLine } from "#runtime/csv.ts";
import { addFilterOptions, filterOptions } from "./audience/filter-options.ts";
import type { Call } from "./call/call.ts";
import { settings, withStores } from "./campaigns/open.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions } from "./terminal/options.ts";
import { textTable } from "./terminal/text-table.ts";

export function audience(command: Command, call: Call): void {
  command
    .summary("lists users by their risk, reason, value, silence or tenure")
    .description("Lists users by the latest scores, those of the highest probability of leaving first.")
    .option("--csv", "all of them as CSV, safe to open in a spreadsheet (default: a table of the first 50)")
    .action((options: unknown) => run(options, call));
  addFilterOptions(command);
  addHelpNotes(command, settings);
}

const optionsSchema = z.object({ ...filterOptions, csv: z.boolean().default(false) });

/** Rows of a table, which is read, unless --top asks for more. */
const shownRows = 50;

async function run(raw: unknown, call: Call): Promise<void> {
  const { csv, sort, top, ...filter } = parseOptions(optionsSchema, raw);
  await withStores(call, async (stores) => {
    const members = selectAudience(filter, sort, await stores.userList());
    if (csv) await writeCsv(members, top ?? Number.POSITIVE_INFINITY, call);
    else call.print(await table(members, top ?? shownRows));
  });
}

async function writeCsv(members: AsyncIterable<Member>, top: number, call: Call): Promise<void> {
  await call.write(
    csvLine(["user_id", "probability", "risk", "value", "value_at_risk", "silent_days", "tenure_days", "because"]),
  );
  let written = 0;
  for await (const member of members) {
    const { userId, probability, risk, value, silence, tenure, reasons } = member;
    const because = reasons.map(({ sentence }) => sentence).join("; ");
    const line = csvLine([...[userId, probability, risk, value, valueAtRisk(member)], ...[silence, tenure, because]]);
    await call.write(line);
    written += 1;
    if (written >= top) break;
  }
}

async function table(members: AsyncIterable<Member>, top: number): Promise<string> {
  const rows: string[][] = [];
  let more = false;
  for await (const { userId, probability, value, silence, reasons } of members) {
    more = rows.length === top;
    if (more) break;
    rows.push([
      userId,
      `${Math.round(100 * probability)} %`,
      value?.toLocaleString("en", { maximumFractionDigits: 2 }) ?? "",
      silence?.toLocaleString("en") ?? "",
      reasons[0]?.sentence ?? "",
    ]);
  }
  if (rows.length === 0) return "No user has a score that fits.";
  const head = ["user", "risk", "value", "silent days", "because"];
  const shown = textTable(head, rows, ["left", "right", "right", "right", "left"]);
  return more ? `${shown}\n… and more: --top or --csv.` : shown;
}
