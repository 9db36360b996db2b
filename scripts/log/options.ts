import type { Command } from "commander";
import * as z from "zod";

/** How to read a log file. Columns are given by name, or by number from 1. */
export interface LogOptions {
  readonly user?: string | undefined;
  readonly time?: string | undefined;
  readonly action?: string | undefined;
  readonly value?: string | undefined;
  readonly id?: string | undefined;
  /** The column that tells whether the business did it. */
  readonly passive?: string | undefined;
  /** Whether an id column is to be left alone. */
  readonly noId?: boolean | undefined;
  /** See `compileTimeFormat`. */
  readonly timeFormat?: string | undefined;
  /** The date from which times count that are numbers: of days, unless `timeUnit` says otherwise. */
  readonly epoch?: string | undefined;
  readonly timeUnit?: "day" | "hour" | "minute" | "second" | undefined;
  /** Of times that carry no zone; UTC by default. */
  readonly timezone?: string | undefined;
  /** Which mark stands before decimals; by default the column tells. */
  readonly decimal?: "point" | "comma" | undefined;
  /** What stands between fields; by default the file tells. */
  readonly delimiter?: string | undefined;
  /** Of text that is not UTF-8. */
  readonly encoding?: string | undefined;
  /** Whether the first line names the columns; by default it tells itself. */
  readonly header?: boolean | undefined;
  /** Whether one column is enough, as of users who want no contact. */
  readonly mayBeList?: boolean | undefined;
  /** What every row did, for a log of one kind of action. */
  readonly actionName?: string | undefined;
  /** Actions before it are rejected, in milliseconds since the epoch; by default ten years before the bulk of the log. */
  readonly oldest?: number | undefined;
  /** Whether a log is taken of which much cannot be read. */
  readonly acceptRejected?: boolean | undefined;
}

/** Adds the options of every command that reads a log. */
export function addLogOptions(command: Command): Command {
  return command
    .optionsGroup("How to read the log, if lapse does not see it by itself:")
    .option(
      "--user <column>",
      "who acted: a name from the header, a path in JSON (properties.distinct_id), or a number from 1",
    )
    .option("--time <column>", "when")
    .option("--action <column>", "what they did")
    .option("--value <column>", "a number that the action carries, such as money (4.33, 1.234,56, $1,867.50)")
    .option(
      "--id <column>",
      "an id of each row (default: insert_id, message_id, uuid or event_id, the first of these whose ids have one content each; otherwise the content)",
    )
    .option("--passive <column>", "whether the business did it to the user, as a mail that it sent (true or false)")
    .option("--no-id", "identifies a row by its content, even if there is an id column")
    .option(
      "--time-format <format>",
      "dmy, mdy or ymd for the order of day, month and year; or such as dd.MM.yyyy HH:mm:ss, MM/dd/yyyy hh:mm:ss a (AM or PM), yyyyDDD (day of the year), %d/%b/%Y:%H:%M:%S %z, epoch-s, epoch-ms, epoch-us, epoch-ns, ticks (of .NET), spreadsheet (days such as 45123.5); common formats are recognised without it",
    )
    .option("--epoch <date>", "times are numbers that count from this date, such as 2013-02-01; before it, below zero")
    .option("--time-unit <unit>", "what these numbers count: day, hour, minute or second (default: day)")
    .option("--timezone <zone>", "of times that carry none, such as Europe/Berlin or +02:00 (default: UTC)")
    .option("--decimal <mark>", "point or comma (default: as the numbers show)")
    .option("--delimiter <text>", "what separates fields; tab means a tab (default: as the file shows)")
    .option("--encoding <name>", "of text that is not UTF-8, such as latin-1, windows-1252 or utf-16le")
    .option("--header", "the first line names the columns, even if it looks like a row")
    .option("--no-header", "the first line is a row")
    .option("--action-name <name>", "every row is this action, such as purchase")
    .option("--accept-rejected", "imports a log even if more than a fifth of it, or its newest part, cannot be read");
}

const text = z.string().min(1).optional();

const schema = z
  .object({
    user: text,
    time: text,
    action: text,
    value: text,
    passive: text,
    /** False for --no-id. */
    id: z.union([z.string().min(1), z.literal(false)]).optional(),
    timeFormat: text,
    epoch: text,
    timeUnit: z.enum(["day", "hour", "minute", "second"], "is day, hour, minute or second").optional(),
    timezone: text,
    decimal: z.enum(["point", "comma"], "is point or comma").optional(),
    delimiter: text,
    encoding: text,
    header: z.boolean().optional(),
    actionName: text,
    acceptRejected: z.boolean().optional(),
  })
  .refine(({ action, actionName }) => action === undefined || actionName === undefined, {
    message: "--action and --action-name exclude each other",
  });

/** What `addLogOptions` adds, checked by parseOptions; other options are left out. */
export const logOptionsSchema = schema.transform(({ id, delimiter, ...options }): LogOptions => {
  return {
    ...options,
    ...(id === false ? { noId: true } : { id }),
    delimiter: delimiter === undefined ? undefined : (delimiterNames.get(delimiter) ?? delimiter),
  };
});

const delimiterNames: ReadonlyMap<string, string> = new Map([
  ["tab", "\t"],
  ["\\t", "\t"],
  ["comma", ","],
  ["semicolon", ";"],
  ["bar", "|"],
]);
