import type { ParseArgsConfig } from "node:util";
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

/** The flags of every command that reads a log, for `parseArgs` of node:util. */
export const logFlags = {
  user: { type: "string" },
  time: { type: "string" },
  action: { type: "string" },
  value: { type: "string" },
  id: { type: "string" },
  "time-format": { type: "string" },
  timezone: { type: "string" },
  "no-header": { type: "boolean" },
  "action-name": { type: "string" },
} as const satisfies ParseArgsConfig["options"];

/** The same flags explained, for --help. */
export const logHelp = `  --user COLUMN         who acted: a name from the header, or a number from 1
  --time COLUMN         when
  --action COLUMN       what they did
  --value COLUMN        a number that the action carries, such as money (4.33; also 4,33 and 1.234,56
                        where something else than a comma stands between fields)
  --id COLUMN           an id of each row; by default the content is the identity
  --time-format FORMAT  such as dd.MM.yyyy HH:mm:ss, MM/dd/yyyy hh:mm:ss a (AM or PM),
                        %d/%b/%Y:%H:%M:%S %z, epoch-s, epoch-ms
                        (ISO 8601, epoch times and yyyymmdd are known without it)
  --timezone ZONE       of times that carry none, such as Europe/Berlin or +02:00 (default UTC)
  --no-header           the first line is a row
  --action-name NAME    every line is this action, such as purchase`;

const values = z
  .object({
    user: z.string().min(1).optional(),
    time: z.string().min(1).optional(),
    action: z.string().min(1).optional(),
    value: z.string().min(1).optional(),
    id: z.string().min(1).optional(),
    "time-format": z.string().min(1).optional(),
    timezone: z.string().min(1).optional(),
    "no-header": z.boolean().optional(),
    "action-name": z.string().min(1).optional(),
  })
  .refine((flags) => flags.action === undefined || flags["action-name"] === undefined, {
    message: "--action and --action-name exclude each other",
  });

/** The options that parsed flags ask for; flags of other kinds are ignored. Throws a ZodError on contradicting ones. */
export function logOptions(flags: unknown): LogOptions {
  const {
    "time-format": timeFormat,
    "no-header": noHeader,
    "action-name": actionName,
    ...columns
  } = values.parse(flags);
  return { ...columns, timeFormat, noHeader, actionName };
}
