import type { Command } from "commander";
import * as z from "zod";
import type { LogChoice } from "../log/open-log.ts";
import { addLogOptions, type LogOptions, logOptionsSchema } from "../log/options.ts";
import { addChurnActions, askedActions, churnActionOptions } from "../terminal/churn-options.ts";
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
    )
    .option(
      "--churn-days <n>",
      "days without an action after which a user has lapsed; with --churn-action, days in which they may leave (default: chosen from the log)",
    )
    .option("--lead-days <n>", "days to act in, between the prediction and the churn window (default: 0)")
    .option(
      "--observe-days <n>",
      "days that features look back on (default: four churn windows, fewer in a short log)",
    );
  return addLogOptions(addChurnActions(command));
}

const days = (least: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/, "takes a whole number of days")
    .transform(Number)
    .pipe(z.int().min(least, `must be at least ${least}`))
    .optional();

const optionsSchema = z.object({
  log: z.array(z.string().min(1)).optional(),
  git: z.string().min(1).optional(),
  add: z.boolean(),
  data: z.string().min(1).optional(),
  host: z.string().min(1).optional(),
  churnDays: days(1),
  leadDays: days(0),
  observeDays: days(1),
  ...churnActionOptions,
});

/** Reads the options that `addStartOptions` adds. Throws WrongUse. */
export function startFlags(options: unknown): StartFlags {
  const { log, git, add, data, host, churnDays, leadDays, observeDays, ...actions } = parseOptions(
    optionsSchema,
    options,
  );
  return {
    choice: { files: log, git },
    options: parseOptions(logOptionsSchema, options),
    add,
    data,
    host,
    churn: { churnDays, leadDays, observeDays, ...askedActions(actions) },
  };
}
