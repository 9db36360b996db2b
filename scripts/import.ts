import { setTimeout } from "node:timers/promises";
import type { Command } from "commander";
import * as z from "zod";
import { formatCount, formatCounted } from "#pages/format.ts";
import { loadConfig } from "#runtime/config.ts";
import { intakeSettings, serverSettings } from "#runtime/settings.ts";
import { endpointSchema } from "./import/endpoint.ts";
import { sendLog } from "./import/send-log.ts";
import { tellImport } from "./import/tell-import.ts";
import { importedLogOf } from "./log/imported-log.ts";
import { addLogOptions, logOptionsSchema } from "./log/options.ts";
import { apiKeySetting } from "./terminal/api-key.ts";
import { passiveHelp, passiveOption } from "./terminal/churn-options.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions, WrongUse } from "./terminal/options.ts";
import { beginStep } from "./terminal/progress.ts";

const settings = z.object({ PORT: serverSettings.PORT, ...intakeSettings, ...apiKeySetting });

export function importLog(command: Command): void {
  command
    .summary("sends a log to a running lapse")
    .description(
      "Sends a log to a running lapse: CSV and its kin, JSON, NDJSON, Parquet or access logs, plain, .gz or .zst, several at once and by globs. Importing the same file again, or one that has grown, adds only what is new.",
    )
    .argument("[files...]", "your log, in one file or several")
    .option("--to <url>", "where lapse runs (default: http://localhost:PORT)")
    .option("--git <path>", "the history of a local git repository instead of a file")
    .option("--passive-actions <names>", passiveHelp)
    .action(run);
  addLogOptions(command);
  addHelpNotes(command, settings);
}

const optionsSchema = z.object({
  to: endpointSchema,
  git: z.string().min(1).optional(),
  passiveActions: passiveOption,
});

async function run(files: readonly string[], options: { readonly to?: unknown }): Promise<void> {
  const { PORT, OLDEST_ACTION: oldest, LAPSE_API_KEY: key } = loadConfig(settings);
  const {
    to: endpoint,
    git,
    passiveActions,
  } = parseOptions(optionsSchema, {
    ...options,
    to: options.to ?? `http://localhost:${PORT}`,
  });
  if ((files.length === 0) === (git === undefined)) throw new WrongUse("error: name either a file or --git PATH");
  const { tellLog } = await import("./log/tell-log.ts");
  const log = await tellLog({ files, git }, { ...parseOptions(logOptionsSchema, options), oldest }, Date.now());
  const step = beginStep("import");
  try {
    const wait = (milliseconds: number) => setTimeout(milliseconds);
    const report = await sendLog(
      log,
      { endpoint, key, wait, random: Math.random, passive: passiveActions ?? undefined },
      (read, total, actions) => step.update(read, total, formatCounted(actions, "action")),
    );
    const { created, duplicates, rejected } = report;
    step.end(
      `${formatCounted(created, "new action")}, ${formatCount(duplicates)} known already, ${formatCount(rejected)} rejected`,
    );
    if (report.details.length > 0) console.log(report.details.join("\n"));
    // What the server refused it has counted itself.
    const unread = new Map(log.account?.rejected.map(({ reason, count }) => [reason, count]));
    await tellImport(importedLogOf(log.name, { ...report, reasons: unread }), { endpoint, key });
  } catch (error) {
    step.abort();
    throw error;
  } finally {
    await log.close();
  }
}
