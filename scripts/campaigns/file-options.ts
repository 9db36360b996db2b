import type { Command } from "commander";
import { type LogOptions, logOptionsSchema } from "../log/options.ts";
import { parseOptions } from "../terminal/options.ts";

/** How a file is written that holds no log: contacts, or an experiment. */
export type FileOptions = Pick<LogOptions, "timeFormat" | "timezone" | "delimiter" | "encoding" | "header">;

export function addFileOptions(command: Command): Command {
  return command
    .optionsGroup("How the file is written, if lapse does not see it by itself:")
    .option(
      "--time-format <format>",
      "such as dd.MM.yyyy HH:mm:ss or epoch-s, or dmy or mdy for the order of day and month",
    )
    .option("--timezone <zone>", "of times that carry none (default: UTC)")
    .option("--delimiter <text>", "what separates fields")
    .option("--encoding <name>", "of text that is not UTF-8")
    .option("--header", "the first line names the columns, even if it looks like a row")
    .option("--no-header", "the first line is a row");
}

/** What `addFileOptions` adds. Throws WrongUse. */
export function fileOptions(options: object): FileOptions {
  const { timeFormat, timezone, delimiter, encoding, header } = parseOptions(logOptionsSchema, options);
  return { timeFormat, timezone, delimiter, encoding, header };
}
