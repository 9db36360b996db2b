import * as z from "zod";
import { type Day, formatDay, parseDay, startOf } from "#churn/day.ts";
import { type RiskRule, riskBases } from "#churn/risk-rule.ts";
import type { Audit } from "./audit.ts";

/** By what users were called at risk on one list. */
export interface ListThresholds extends RiskRule {
  readonly snapshot: Day;
  readonly modelVersion: string;
  /** When it was set, in milliseconds since the epoch. */
  readonly at: number;
}

const action = "thresholds.set";

/** Keeps the thresholds of a list, which the run `id` made; the same list of the same run again changes nothing. */
export async function recordThresholds(
  audit: Pick<Audit, "append">,
  id: string,
  { snapshot, modelVersion, at, thresholds, by }: ListThresholds,
): Promise<void> {
  await audit.append({
    ...{
      id: `thresholds-${id}-${formatDay(snapshot)}`,
      at,
      action,
      who: "the function score",
      from: "score",
      target: modelVersion,
    },
    details: { snapshot: formatDay(snapshot), high: thresholds.high, medium: thresholds.medium, by },
  });
}

const detailsSchema = z.object({
  snapshot: z.string(),
  high: z.number(),
  medium: z.number(),
  by: z.enum(riskBases),
});

/**
 * What was recorded from the time `from` on, in milliseconds since the epoch, the newest first. An entry that cannot be read is left out:
 * then the version's own thresholds are shown for its list.
 */
export async function* listThresholds(audit: Pick<Audit, "entries">, from?: number): AsyncIterable<ListThresholds> {
  for await (const { at, target = "", details } of audit.entries({ action, from })) {
    const read = detailsSchema.safeParse(details).data;
    const day = read === undefined ? undefined : parseDay(read.snapshot);
    if (read === undefined || day === undefined) continue;
    const { high, medium, by } = read;
    yield { snapshot: day, modelVersion: target, at, thresholds: { high, medium }, by };
  }
}

/** The last list's; undefined if none was made since lapse keeps this. */
export async function lastThresholds(audit: Pick<Audit, "entries">): Promise<ListThresholds | undefined> {
  for await (const one of listThresholds(audit)) return one;
  return undefined;
}

/**
 * Those of the list that `listed` is on; of the last list that was whole where nobody is listed, and where none are kept for that one: it is
 * still being written, or its run was cut off, and others are on it by the list before.
 */
export async function thresholdsOfList(
  audit: Pick<Audit, "entries">,
  listed: { readonly snapshot: Day; readonly modelVersion: string } | undefined,
): Promise<ListThresholds | undefined> {
  if (listed === undefined) return lastThresholds(audit);
  for await (const one of listThresholds(audit, startOf(listed.snapshot)))
    if (one.snapshot === listed.snapshot && one.modelVersion === listed.modelVersion) return one;
  return lastThresholds(audit);
}

/** By which thresholds a version called users at risk on a list; undefined for a list from before these were kept. */
export type ThresholdsThen = (snapshot: Day, modelVersion: string) => RiskRule["thresholds"] | undefined;

/** Of all lists with snapshots from `oldest` on; of those that were made several times, as they were made last. */
export async function thresholdsThen(audit: Pick<Audit, "entries">, oldest: Day): Promise<ThresholdsThen> {
  const last = new Map<string, RiskRule["thresholds"]>();
  const key = (snapshot: Day, modelVersion: string) => `${snapshot} ${modelVersion}`;
  for await (const { snapshot, modelVersion, thresholds } of listThresholds(audit, startOf(oldest))) {
    const list = key(snapshot, modelVersion);
    if (!last.has(list)) last.set(list, thresholds);
  }
  return (snapshot, modelVersion) => last.get(key(snapshot, modelVersion));
}
