import { InvalidInput } from "#churn/failure.ts";
import { type IngestServices, ingestItems } from "#functions/ingest/ingest-items.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { type Account, describeRejected, describeSum } from "./account.ts";
import { mostRejected } from "./load/require-usable.ts";
import type { Log } from "./log.ts";
import type { Rejections } from "./rejections.ts";

export interface LogReport {
  readonly created: number;
  readonly duplicates: number;
  /** Rows that the reader or the store refused. */
  readonly rejected: number;
  /** How many of them there are of each reason. */
  readonly reasons: ReadonlyMap<string, number>;
  /** What became of every line, and the first few of those that were left out; empty when there is nothing to tell. */
  readonly details: readonly string[];
}

export type OnProgress = (read: number, total: number | undefined, actions: number) => void;

export interface IngestLogServices extends Omit<IngestServices, "actions"> {
  readonly actions: Pick<ActionStore, "append" | "appendStaged">;
}

/** Stores a whole log; what is stored already changes nothing. From files, all of it is stored or nothing. */
export async function ingestLog(
  log: Log,
  services: IngestLogServices,
  onProgress: OnProgress = () => undefined,
): Promise<LogReport> {
  const { actions } = services;
  if (log.staged?.isPlaced === true)
    return reportOf(log, { created: log.total ?? 0, duplicates: log.account?.copies ?? 0, refused: 0 }, []);
  if (log.staged !== undefined && actions.appendStaged !== undefined) {
    const most = log.acceptsRejected === true ? Number.POSITIVE_INFINITY : mostRejected * (log.total ?? 0);
    const file = await log.staged.release((read, count) => onProgress(read, log.total, count));
    const { created, duplicates, contradicting } = await actions.appendStaged(file, most);
    if (contradicting > most) throw new InvalidInput(manyContradict(log, contradicting));
    log.rejections.countAll(contradiction, contradicting);
    const known = duplicates + (log.account?.copies ?? 0);
    const told = contradicting === 0 ? [] : [`  ${lines(contradicting)}: ${contradiction}`];
    return reportOf(log, { created, duplicates: known, refused: contradicting }, told);
  }
  let created = 0;
  let duplicates = log.account?.copies ?? 0;
  let refused = 0;
  for await (const { items, place, read } of log.batches) {
    const report = await ingestItems(items, services);
    created += report.created;
    duplicates += report.duplicates - report.contradicting;
    refused += report.rejected + report.contradicting;
    log.rejections.countAll(contradiction, report.contradicting);
    for (const { index, field, error } of report.rejections)
      log.rejections.add(place(index), `${field ?? "row"} ${error}`);
    // Ingest lists the first rejections by position, and counts the others.
    log.rejections.count += report.rejected - report.rejections.length;
    onProgress(read, log.total, created + duplicates);
  }
  return reportOf(log, { created, duplicates, refused }, []);
}

/** The report on a log whose actions were handed over. */
export function reportOf(
  { account, rejections }: { readonly account?: Account | undefined; readonly rejections: Rejections },
  stored: { readonly created: number; readonly duplicates: number; readonly refused: number },
  told: readonly string[],
): LogReport {
  const others = rejections.first.length === 0 ? "" : rejections.describe();
  const details =
    account === undefined ? [others] : [`${describeSum(account, stored)}.`, describeRejected(account), others, ...told];
  const rejected = account?.rejected.reduce((sum, { count }) => sum + count, 0) ?? rejections.count - stored.refused;
  return {
    created: stored.created,
    duplicates: stored.duplicates,
    rejected: rejected + stored.refused,
    reasons: addedUp([
      ...(account?.rejected ?? []).map(({ reason, count }) => [reason, count] as const),
      ...rejections.byReason,
    ]),
    details: details.filter((text) => text !== ""),
  };
}

/** Why an action is rejected whose id the store has with other content. */
export const contradiction = "the stored action with the same id has other content";

function manyContradict({ name, total = 0 }: Log, count: number): string {
  return [
    `${name} was not imported: of ${total.toLocaleString("en")} actions, ${count.toLocaleString("en")} have the id of a stored action with another user, action, time or value.`,
    "If the column is no id, name another with --id, or none with --no-id. If it was imported before with other options (--decimal, --timezone, --time-format, --value), use those again. If the log was corrected, import it into an empty lapse: what is stored stays as it is. To import it without these rows, add --accept-rejected.",
  ].join("\n");
}

function lines(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "line" : "lines"}`;
}

/** Counts by reason; the reader and the store may give the same one. */
function addedUp(counts: readonly (readonly [reason: string, count: number])[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [reason, count] of counts) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return sums;
}
