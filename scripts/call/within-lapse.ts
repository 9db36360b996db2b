import * as z from "zod";
import type { Environment } from "#runtime/config.ts";
import { storeSettings } from "#runtime/store-settings.ts";

/**
 * Commands, by how they begin, that need the DuckDB file, which only one process can have open: a running lapse runs them. All
 * others work beside it: they change files that processes share, or send requests.
 */
const within = [
  ["audience"],
  ["backup"],
  ["campaigns"],
  ["models", "compare"],
  ["promises"],
  ["erase"],
  ["retain"],
] as const;

/** Those of them that store something about users that they have read before. */
const writing = [
  ["campaigns", "create"],
  ["campaigns", "import"],
  ["campaigns", "contacts"],
] as const;

/** The data folder whose running lapse is to run this command; undefined if the command runs by itself in any case. */
export function runningDataDir(args: readonly string[], environment: Environment): string | undefined {
  if (!within.some((command) => begins(args, command)) || args.includes("--help") || args.includes("-h"))
    return undefined;
  const read = settings.safeParse(environment);
  if (!read.success || (read.data.ELASTICSEARCH_URL ?? "") !== "") return undefined;
  return read.data.DATA_DIR;
}

/** Whether an erasure must wait for this command, which may store again what it has read. */
export function isWriting(args: readonly string[]): boolean {
  return writing.some((command) => begins(args, command));
}

function begins(args: readonly string[], command: readonly string[]): boolean {
  return command.every((word, i) => args[i] === word);
}

const settings = z.object({
  DATA_DIR: z.preprocess((value) => (value === "" ? undefined : value), storeSettings.DATA_DIR),
  ELASTICSEARCH_URL: z.string().optional(),
});
