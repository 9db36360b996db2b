import { type IngestServices, ingestItems } from "#functions/ingest/ingest-items.ts";
import type { Log } from "./log.ts";

export interface LogReport {
  readonly created: number;
  readonly duplicates: number;
  /** Rows that the reader or ingest refused. */
  readonly rejected: number;
  /** The first few of them by their place in the log; empty when there are none. */
  readonly rejections: string;
}

/** Sends a whole log through ingest, batch by batch; what is stored already changes nothing. */
export async function ingestLog(
  log: Log,
  services: IngestServices,
  onProgress: (read: number, total: number | undefined, actions: number) => void = () => undefined,
): Promise<LogReport> {
  let created = 0;
  let duplicates = 0;
  for await (const { items, place, read } of log.batches) {
    const report = await ingestItems(items, services);
    created += report.created;
    duplicates += report.duplicates;
    for (const { index, field, error } of report.rejections)
      log.rejections.add(place(index), `${field ?? "row"} ${error}`);
    // Ingest lists only so many rejections by position, and counts the others.
    log.rejections.count += report.rejected - report.rejections.length;
    onProgress(read, log.total, created + duplicates);
  }
  return { created, duplicates, rejected: log.rejections.count, rejections: log.rejections.describe() };
}
