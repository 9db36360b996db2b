import type { ImportedLog } from "#stores/audit/import-entry.ts";
import type { LogReport } from "./ingest-log.ts";

/** What is kept of an import; reasons beyond what is kept of a name are cut. */
export function importedLogOf(name: string, { created, duplicates, reasons }: LogReport): ImportedLog {
  const rejected = new Map<string, number>();
  for (const [reason, count] of reasons) {
    const short = reason.slice(0, 90);
    rejected.set(short, (rejected.get(short) ?? 0) + count);
  }
  return { name: name.slice(0, 1_000), created, known: duplicates, rejected: Object.fromEntries(rejected) };
}
