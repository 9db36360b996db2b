import { setTimeout } from "node:timers/promises";
import type { Command } from "commander";
import * as z from "zod";
import { loadConfig } from "#runtime/config.ts";
import { serverSettings } from "#runtime/settings.ts";
import { endpointSchema } from "./import/endpoint.ts";
import { sendLog } from "./import/send-log.ts";
import { openLog } from "./log/open-log.ts";
import { addLogOptions, logOptionsSchema } from "./log/options.ts";
import { addHelpNotes } from "./terminal/help-notes.ts";
import { parseOptions, WrongUse } from "./terminal/options.ts";
import { beginStep } from "./terminal/progress.ts";

const settings = z.object({ PORT: serverSettings.PORT });

export function importLog(command: Command): void {
  command
    .summary("sends a log to a running lapse")
    .description(
      "Sends a log to a running lapse: CSV, TSV, semicolons, blanks or NDJSON; plain or .gz. Importing the same file again, or one that has grown, adds only what is new.",
    )
    .argument("[file]", "your log")
    .option("--to <url>", "where lapse runs (default: http://localhost:PORT)")
    .option("--git <path>", "the history of a local git repository instead of a file")
    .action(run);
  addLogOptions(command);
  addHelpNotes(command, settings);
}

const optionsSchema = z.object({ to: endpointSchema, git: z.string().min(1).optional() });

async function run(file: string | undefined, options: { readonly to?: unknown }): Promise<void> {
  const { PORT } = loadConfig(settings);
  const { to: endpoint, git } = parseOptions(optionsSchema, {
    ...options,
    to: options.to ?? `http://localhost:${PORT}`,
  });
  if ((file === undefined) === (git === undefined)) throw new WrongUse("error: name either a file or --git PATH");
  const log = await openLog({ file, git }, parseOptions(logOptionsSchema, options), Date.now());
  console.log(`Reading ${log.name}: ${log.columns}.`);
  const step = beginStep("import");
  try {
    const wait = (milliseconds: number) => setTimeout(milliseconds);
    const report = await sendLog(log, { endpoint, wait, random: Math.random }, (read, total, actions) =>
      step.update(read, total, `${actions.toLocaleString("en")} actions`),
    );
    const [created, duplicates, rejected] = [report.created, report.duplicates, report.rejected].map((count) =>
      count.toLocaleString("en"),
    );
    step.end(`${created} new actions, ${duplicates} known already, ${rejected} rows rejected`);
    if (report.rejections !== "") console.log(report.rejections);
  } catch (error) {
    step.abort();
    throw error;
  }
}
