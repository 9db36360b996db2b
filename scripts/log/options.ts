import type { Command } from "commander";
import * as z from "zod";

/** How to read a log file. Columns are given by name, or by number from 1. */
export interface LogOptions {
  readonly user?: string | undefined;
  readonly time?: string | undefined;
  readonly action?: string | undefined;
  readonly value?: string | undefined;
  readonly id?: string | undefined;
  /** See `timeParser`. */
  readonly timeFormat?: string | undefined;
  /** Of times that carry no zone; UTC by default. */
  readonly timezone?: string | undefined;
  /** The first line is a row. */
  readonly noHeader?: boolean | undefined;
  /** What every row did, for a log of one kind of action. */
  readonly actionName?: string | undefined;
}

/** Adds the options of every command that reads a log. */
export function addLogOptions(command: Command): Command {
  return command
    .optionsGroup("How the log is written, where that is not guessed right:")
    .option("--user <column>", "who acted: a name from the header, or a number from 1")
    .option("--time <column>", "when")
    .option("--action <column>", "what they did")
    .option(
      "--value <column>",
      "a number that the action carries, such as money (4.33; also 4,33 and 1.234,56 unless commas stand between fields)",
    )
    .option("--id <column>", "an id of each row; without one, a row is known by its content")
    .option(
      "--time-format <format>",
      "such as dd.MM.yyyy HH:mm:ss, MM/dd/yyyy hh:mm:ss a (AM or PM), %d/%b/%Y:%H:%M:%S %z, epoch-s, epoch-ms; ISO 8601, epoch times and yyyymmdd are known without it",
    )
    .option("--timezone <zone>", "of times that carry none, such as Europe/Berlin or +02:00 (default: UTC)")
    .option("--no-header", "the first line is a row")
    .option("--action-name <name>", "every row is this action, such as purchase");
}

const schema = z
  .object({
    user: z.string().min(1).optional(),
    time: z.string().min(1).optional(),
    action: z.string().min(1).optional(),
    value: z.string().min(1).optional(),
    id: z.string().min(1).optional(),
    timeFormat: z.string().min(1).optional(),
    timezone: z.string().min(1).optional(),
    header: z.boolean().default(true),
    actionName: z.string().min(1).optional(),
  })
  .refine(({ action, actionName }) => action === undefined || actionName === undefined, {
    message: "--action and --action-name exclude each other",
  });

/** What `addLogOptions` adds, checked by parseOptions; other options are left out. */
export const logOptionsSchema = schema.transform(({ header, ...options }): LogOptions => {
  return { ...options, noHeader: !header };
});
