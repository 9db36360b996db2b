import type { Action } from "#churn/action.ts";
import { writeTexts } from "../write-texts.ts";

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
  const isNdjson = /\.(?:ndjson|jsonl)(?:\.gz)?$/.test(path);
  let count = 0;
  function* texts(): Generator<string> {
    if (!isNdjson) yield "user_id,timestamp,action,value\n";
    for (const actions of days) {
      if (actions.length > 0) yield actions.map(isNdjson ? jsonLine : csvLine).join("");
      count += actions.length;
      onDay(count);
    }
  }
  await writeTexts(path, texts());
  return count;
}

/** Generated ids and names need no quotes. */
function csvLine({ userId, action, time, value }: Action): string {
  return `${userId},${new Date(time).toISOString()},${action},${value ?? ""}\n`;
}

function jsonLine({ userId, action, time, value }: Action): string {
  return `${JSON.stringify({ user_id: userId, action, timestamp: new Date(time).toISOString(), value })}\n`;
}
