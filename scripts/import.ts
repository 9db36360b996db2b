import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { loadConfig } from "#runtime/config.ts";
import { serverSettings } from "#runtime/settings.ts";
import { endpointSchema } from "./import/endpoint.ts";
import { sendLog } from "./import/send-log.ts";
import { openLog } from "./log/open-log.ts";
import { logFlags, logHelp, logOptions } from "./log/options.ts";
import { runCommand } from "./terminal/command.ts";
import { beginStep } from "./terminal/progress.ts";

const help = `npm run import -- FILE [options]

Sends a log to a running lapse: CSV, TSV, semicolons, blanks or NDJSON; plain or .gz. Importing the same file again,
or one that has grown, adds only what is new.

  --to URL              where lapse runs (default http://localhost:8080, or PORT in place of 8080)
  --git PATH            the history of a local git repository instead of FILE
${logHelp}`;

const flagsSchema = z
  .object({ to: endpointSchema, git: z.string().min(1).optional(), files: z.array(z.string()) })
  .refine(({ git, files }) => files.length === (git === undefined ? 1 : 0), {
    path: ["git"],
    message: "takes the place of FILE: give exactly one of them",
  });

await runCommand(help, async () => {
  const { values, positionals } = parseArgs({
    options: { ...logFlags, to: { type: "string" }, git: { type: "string" } },
    allowPositionals: true,
  });
  const { PORT } = loadConfig(z.object({ PORT: serverSettings.PORT }));
  const to = values.to ?? `http://localhost:${PORT}`;
  const { to: endpoint, git, files } = flagsSchema.parse({ ...values, to, files: positionals });
  const log = await openLog({ file: files[0], git }, logOptions(values), Date.now());
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
});
