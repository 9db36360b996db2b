import type { Command } from "commander";
import * as z from "zod";
import type { Environment } from "#runtime/config.ts";
import type { LogChoice } from "../log/open-log.ts";
import { addLogOptions, type LogOptions, logOptionsSchema } from "../log/options.ts";
import { addChurnOptions, askedChurn, churnOptions, withVariables } from "../terminal/churn-options.ts";
import { parseOptions } from "../terminal/options.ts";
import type { AskedChurn } from "./settings.ts";

export interface StartFlags {
  readonly choice: LogChoice;
  readonly options: LogOptions;
  readonly add: boolean;
  readonly data: string | undefined;
  /** The address to listen on; undefined for this machine alone. */
  readonly host: string | undefined;
  readonly churn: AskedChurn;
}

/** Adds the options of `lapse start`. */
export function addStartOptions(command: Command): Command {
  command
    .option(
      "--log <files...>",
      "your own log: CSV and its kin, JSON, NDJSON, Parquet or access logs; plain, .gz or .zst; several files and globs",
    )
    .option("--git <path>", "the history of a local git repository instead: who contributes, and who is about to stop")
    .option("--add", "adds the log to the actions that are stored already", false)
    .option("--data <folder>", "where everything is kept (default: DATA_DIR)")
    .option(
      "--host <address>",
      "the address to listen on, such as 0.0.0.0; other machines need a key (default: localhost)",
    );
  return addLogOptions(
    addChurnOptions(command, {
      churnDays:
        "days without an action after which a user has lapsed; with --churn-action, days in which they may leave (default: chosen from the log)",
      leadDays: "days to act in, between the prediction and the churn window (default: 0)",
      observeDays: "days that features look back on (default: four churn windows, fewer in a short log)",
    }),
  );
}

const optionsSchema = z.object({
  log: z.array(z.string().min(1)).optional(),
  git: z.string().min(1).optional(),
  add: z.boolean(),
  data: z.string().min(1).optional(),
  host: z.string().min(1).optional(),
  ...churnOptions,
});

/** Reads the options that `addStartOptions` adds, those of churn also from the environment. Throws WrongUse. */
export function startFlags(options: unknown, environment: Environment): StartFlags {
  const all = withVariables(options, environment);
  const { log, git, add, data, host, ...churn } = parseOptions(optionsSchema, all);
  return {
    choice: { files: log, git },
    options: parseOptions(logOptionsSchema, options),
    add,
    data,
    host,
    churn: askedChurn(churn),
  };
}
