import type { DuckDbSession } from "./session.ts";

/** What DuckDB may take in a database, as `fileSettings` explains. */
export const usualMemory = "128MB";

/**
 * What it may take while it sorts whole rows of a table: it keeps of each part that it merges some in memory, and fails where that
 * does not fit. A million users with long reasons need up to 192 MB, two million no more (npx tsx bench/desk/lists.ts --only night).
 */
const sortingMemory = "256MB";

/** Does `work`, for which it may take as much. */
export async function whileSorting<T>(session: DuckDbSession, purpose: string, work: () => Promise<T>): Promise<T> {
  const take = (memory: string) =>
    session.run(purpose, (connection) => connection.run(`SET memory_limit = '${memory}'`));
  await take(sortingMemory);
  try {
    return await work();
  } finally {
    // Refused while others still need more: then it may take as much until the next time.
    await take(usualMemory).catch(() => undefined);
  }
}
