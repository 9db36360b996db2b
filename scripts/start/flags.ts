import { parseArgs } from "node:util";
import * as z from "zod";
import type { LogChoice } from "../log/open-log.ts";
import { type LogOptions, logFlags, logHelp, logOptions } from "../log/options.ts";
import type { AskedChurn } from "./settings.ts";

export const startHelp = `npm start -- [options]

Runs all of lapse in this process: collects actions, learns, and predicts, on one port. Without a log of your own it
makes a synthetic one. What is stored already is kept, and used at the next start.

  --log FILE            your own log: CSV, TSV, semicolons, blanks or NDJSON; plain or .gz
  --git PATH            the history of a local git repository instead: who contributes, and who is about to stop
  --add                 put the log beside the actions that are stored already
  --data FOLDER         where everything is kept (default .lapse, or DATA_DIR)
  --churn-days N        gone is who does nothing for so long (default: chosen from the log)
  --lead-days N         days to act in, between prediction and churn window (default 0)
  --observe-days N      only users active in the last N days are scored (default twice the churn window)
${logHelp}

Settings by environment: PORT (8080), LOG_LEVEL, DATA_DIR, DRAIN_SECONDS, BODY_LIMIT; see docs/operate.md.`;

export interface StartFlags {
  readonly choice: LogChoice;
  readonly options: LogOptions;
  readonly add: boolean;
  readonly data: string | undefined;
  readonly churn: AskedChurn;
}

const days = (least: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/, "takes a whole number of days")
    .transform(Number)
    .pipe(z.int().min(least, `must be at least ${least}`))
    .optional();

const flagsSchema = z.object({
  log: z.string().min(1).optional(),
  git: z.string().min(1).optional(),
  add: z.boolean().default(false),
  data: z.string().min(1).optional(),
  "churn-days": days(1),
  "lead-days": days(0),
  "observe-days": days(1),
});

/** The command line of `npm start`. Throws what `runCommand` explains when it is wrong. */
export function parseStartFlags(args: readonly string[]): StartFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...logFlags,
      log: { type: "string" },
      git: { type: "string" },
      add: { type: "boolean" },
      data: { type: "string" },
      "churn-days": { type: "string" },
      "lead-days": { type: "string" },
      "observe-days": { type: "string" },
    },
  });
  const flags = flagsSchema.parse(values);
  return {
    choice: { file: flags.log, git: flags.git },
    options: logOptions(values),
    add: flags.add,
    data: flags.data,
    churn: { churnDays: flags["churn-days"], leadDays: flags["lead-days"], observeDays: flags["observe-days"] },
  };
}
