import type { TornLog } from "#stores/connections/duckdb/torn-log.ts";

/** What to say of a write-ahead log that ends within a write, and what to do. */
export function tornLogText({ path, bytes }: TornLog): string {
  return `${path} ends within a write: its last ${bytes.toLocaleString("en")} bytes were left out. After a crash or a kill nothing is missing by that, since that write was not acknowledged yet; it is sent again. If the file was copied while lapse ran, or its disk was full or has failed, later writes may be missing: then stop lapse and restore a backup (lapse restore), or import the log of that time again.`;
}
