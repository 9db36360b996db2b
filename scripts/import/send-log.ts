import { isPassive, type PassivePatterns } from "#churn/passive.ts";
import { type LogReport, type OnProgress, reportOf } from "../log/ingest-log.ts";
import type { Log } from "../log/log.ts";
import { type PostOptions, postItems } from "./post-items.ts";

export interface SendOptions extends Omit<PostOptions, "isPatient"> {
  /** Actions that are sent as passive ones, by name. */
  readonly passive?: PassivePatterns;
}

/** Sends a whole log to a running lapse, batch after batch; `onProgress` is told how much was read and stored. */
export async function sendLog(
  log: Log,
  { passive, ...options }: SendOptions,
  onProgress: OnProgress = () => undefined,
): Promise<LogReport> {
  let created = 0;
  let duplicates = log.account?.copies ?? 0;
  let refused = 0;
  let sent = 0;
  for await (const { items: found, place, read } of log.batches) {
    const items = found.map((item) => (isPassive(item.action, passive) ? { ...item, passive: true } : item));
    // A wrong address is told at once; a server that has answered before is waited for.
    const report = await postItems(items, { ...options, isPatient: sent > 0 });
    created += report.created;
    duplicates += report.duplicates;
    refused += report.rejected;
    sent += items.length;
    for (const { index, reason } of report.rejections) log.rejections.add(place(index), reason);
    log.rejections.count += report.rejected - report.rejections.length;
    onProgress(read, log.total, created + duplicates);
  }
  return reportOf(log, { created, duplicates, refused }, []);
}
