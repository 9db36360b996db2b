import { dayOf } from "#churn/day.ts";
import { generateLog } from "../generate/generate-log.ts";
import { readGit } from "../git/read-git.ts";
import type { Log } from "./log.ts";
import type { LogOptions } from "./options.ts";
import { readLog } from "./read-log.ts";

/** Which log a command is to read: files, the history of a git repository, or neither for the synthetic one. */
export interface LogChoice {
  /** Paths and globs. */
  readonly files?: readonly string[] | undefined;
  readonly git?: string | undefined;
}

/** Opens the log that was asked for; the synthetic one ends with the last whole day before `now`. */
export async function openLog(
  { files = [], git }: LogChoice,
  options: LogOptions,
  now: number,
  onProgress?: (share: number) => void,
): Promise<Log> {
  if (files.length > 0) return readLog(files, options, now, onProgress);
  if (git !== undefined) return readGit(git, { now: () => now });
  return generateLog({ ...syntheticLog, endDay: dayOf(now) - 1 });
}

/** Large enough to learn from, small enough to be there in seconds. */
const syntheticLog = { users: 4_000, months: 9, seed: 1 };
