import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Action } from "#churn/action.ts";
import { InvalidInput } from "#churn/failure.ts";

/**
 * Writes a log to a file as it is made: NDJSON where the name ends in .ndjson or .jsonl, else CSV; with .gz behind it,
 * compressed. Returns how many actions there were; `onDay` is told after each day. Throws InvalidInput for a path that
 * cannot be written.
 */
export async function writeLog(
  days: Iterable<readonly Action[]>,
  path: string,
  onDay: (actions: number) => void = () => undefined,
): Promise<number> {
  const name = path.replace(/\.gz$/, "");
  const isNdjson = /\.(?:ndjson|jsonl)$/.test(name);
  let count = 0;
  function* texts(): Generator<string> {
    if (!isNdjson) yield "user_id,timestamp,action,value\n";
    for (const actions of days) {
      if (actions.length > 0) yield actions.map(isNdjson ? jsonLine : csvLine).join("");
      count += actions.length;
      onDay(count);
    }
  }
  const source = Readable.from(texts(), { objectMode: true, highWaterMark: 2 });
  const file = createWriteStream(path);
  try {
    if (name === path) await pipeline(source, file);
    else await pipeline(source, createGzip(), file);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new InvalidInput(`Cannot write ${path}: ${error.message}`, { cause: error });
  }
  return count;
}

/** Generated ids and names need no quotes. */
function csvLine({ userId, action, time, value }: Action): string {
  return `${userId},${new Date(time).toISOString()},${action},${value ?? ""}\n`;
}

function jsonLine({ userId, action, time, value }: Action): string {
  return `${JSON.stringify({ user_id: userId, action, timestamp: new Date(time).toISOString(), value })}\n`;
}
