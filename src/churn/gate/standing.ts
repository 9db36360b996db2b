import type { Day } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";
import { logLoss } from "../metrics/log-loss.ts";
import type { ChampionRecord } from "./champion-record.ts";
import type { Standing } from "./decision.ts";
import { difference, differenceInWords, snapshotsOf, type Trial, trialAt } from "./trial.ts";

/** A proof is old after this many churn windows: the users that it was about are mostly others by then. */
const freshWindows = 6;

/** Whether the proof of a champion is old at the newest snapshot of a trial. */
export function isOldProof({ judgedOn }: ChampionRecord, trial: Trial, { churnDays }: ChurnDefinition): boolean {
  const newest = snapshotsOf(trial).at(-1) ?? judgedOn;
  return newest - judgedOn > freshWindows * churnDays;
}

/**
 * Whether the champion still deserves its place. A proof that is old, or that had not shown enough, no longer counts: the
 * champion then is judged again on the trial, and stands if it beats the plain rate and recency alone there.
 */
export function standingOf(
  record: ChampionRecord,
  trial: Trial,
  champion: Float64Array,
  churn: ChurnDefinition,
): Standing {
  const isOld = isOldProof(record, trial, churn);
  if (record.isProved && !isOld) return { stands: true, reexamined: false, verdict: "the champion's proof holds" };
  const overRate = difference(trial, champion, trial.plainRate);
  const overRecency = difference(trial, champion, trial.recency);
  const stands = overRate.high < 0 && overRecency.high < 0;
  const why = isOld
    ? `the champion's proof is more than ${freshWindows} churn windows old`
    : "the champion was not proved";
  const [words, found] =
    overRate.high < 0 ? (["recency alone", overRecency] as const) : (["the plain rate", overRate] as const);
  const verdict = stands
    ? `${why}; judged again, it is better than the plain rate and recency alone`
    : `${why}; judged again, it is not proved better than ${words} (${differenceInWords(found)})`;
  return { stands, reexamined: true, verdict };
}

/**
 * The log loss that the champion is known for: that of its own test, or, where that is old, what it had on the snapshots
 * of the trial before the newest.
 */
export function usualLossOf(
  record: ChampionRecord,
  trial: Trial,
  champion: Float64Array,
  churn: ChurnDefinition,
): number {
  const former: Day[] = snapshotsOf(trial).slice(0, -1);
  if (!isOldProof(record, trial, churn) || former.length === 0) return record.logLoss;
  const rows = trialAt({ ...trial, champion }, former);
  return logLoss(rows.y, rows.champion ?? champion);
}
