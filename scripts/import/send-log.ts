import { InvalidInput } from "#churn/failure.ts";
import { isPassive, type PassivePatterns } from "#churn/passive.ts";
import { type LogReport, type OnProgress, reportOf } from "../log/ingest-log.ts";
import { mostRejected } from "../log/load/require-usable.ts";
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
    if (log.acceptsRejected !== true && refused > mostRejected * (log.total ?? Number.POSITIVE_INFINITY))
      throw new InvalidInput(tooManyRefused(log, options.endpoint, { sent, created, refused }));
  }
  return reportOf(log, { created, duplicates, refused }, []);
}

/** What is said where the server refuses so much of a log that the rest is not sent: the same share as of a file that is stored here. */
function tooManyRefused(
  { name, rejections }: Log,
  endpoint: URL,
  { sent, created, refused }: { readonly sent: number; readonly created: number; readonly refused: number },
): string {
  const [sentOnes, refusedOnes, createdOnes] = [sent, refused, created].map((count) => count.toLocaleString("en"));
  const isOld = rejections.first.some(({ reason }) => reason.includes("OLDEST_ACTION"));
  return [
    `The import of ${name} was stopped: of ${sentOnes} actions sent, ${endpoint} refused ${refusedOnes}, more than a fifth of the log; it stored ${createdOnes}.`,
    rejections.describe(),
    ...(isOld
      ? [
          "A server takes actions of the last ten years unless its setting OLDEST_ACTION says otherwise: start it with an earlier date.",
        ]
      : []),
    "To send the log without these rows, add --accept-rejected.",
  ].join("\n");
}
