import { type Day, formatDay } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";
import { TooLittleToLearn } from "../failure.ts";
import { days } from "../number-words.ts";

/** The snapshots that a model learns from and is judged on, each ascending. The outcome of every one is complete. */
export interface Split {
  /** What the model that serves learns from: the newest of all, those of the test among them. */
  readonly training: readonly Day[];
  /** What the model that is judged learns from: snapshots whose outcomes were known before the first of the test. */
  readonly proof: readonly Day[];
  /** What that model is judged on: the newest. */
  readonly test: readonly Day[];
}

/** More snapshots than this add rows of the same users but hardly any information. */
const mostTraining = 24;
/** Several snapshots of few users tell as much as one of many; more would leave too little to learn from before them. */
const mostTest = 6;

/**
 * Plans the snapshots for a log that covers firstDay … lastDay, both inclusive. The newest is the last one whose churn
 * window is complete. The others go back from it in even steps, so that they spread over the history: at least a third
 * of a churn window, as outcomes of closer ones overlap nearly entirely, and at most a whole one. A churn window precedes
 * them. The test takes at most a quarter of the time that this leaves.
 * Throws TooLittleToLearn when the log is too short to learn from.
 */
export function planSplit(firstDay: Day, lastDay: Day, churn: ChurnDefinition): Split {
  const wait = churn.churnDays + churn.leadDays;
  const newest = lastDay + 1 - wait;
  const earliest = earliestBefore(newest, firstDay, churn);
  const step = stepBetween(earliest, newest, churn);
  const spare = newest - wait - earliest;
  const test = backFrom(newest, step, 1 + Math.min(mostTest - 1, Math.floor(spare / (4 * step))));
  const firstTest = test[0] ?? newest;
  const proof = backFrom(firstTest - wait, step, mostTraining, earliest);
  const between = Array.from(
    { length: Math.max(0, Math.floor(wait / step) - 1) },
    (_, i) => firstTest - wait + (i + 1) * step,
  );
  return { training: [...proof, ...between, ...test].slice(-mostTraining), proof, test };
}

/** What a model learns from that is judged on a snapshot that is given: those whose outcomes were known before it. */
export function snapshotsBefore(test: Day, firstDay: Day, churn: ChurnDefinition): Day[] {
  const newest = test - churn.churnDays - churn.leadDays;
  const earliest = earliestBefore(test, firstDay, churn);
  return backFrom(newest, stepBetween(earliest, newest, churn), mostTraining, earliest);
}

/** The days that a log must cover: a churn window of history, one for the outcome to learn, and one for that to test. */
export function fewestDays({ churnDays, leadDays }: Pick<ChurnDefinition, "churnDays" | "leadDays">): number {
  return 3 * churnDays + 2 * leadDays;
}

/** The first snapshot to learn from, if `test` is to be judged on. */
function earliestBefore(test: Day, firstDay: Day, churn: ChurnDefinition): Day {
  const earliest = firstDay + churn.churnDays;
  if (test - churn.churnDays - churn.leadDays < earliest) throw new TooLittleToLearn(tooShort(firstDay, churn));
  return earliest;
}

/** Days from one snapshot to the next. */
function stepBetween(earliest: Day, newest: Day, { churnDays }: ChurnDefinition): number {
  const spread = Math.ceil((newest - earliest) / (mostTraining - 1));
  return Math.min(Math.max(1, Math.round(churnDays / 3), spread), churnDays);
}

/** At most `most` days, a step apart, that end with the newest; ascending. */
function backFrom(newest: Day, step: number, most: number, earliest = Number.NEGATIVE_INFINITY): Day[] {
  const found: Day[] = [];
  for (let day = newest; day >= earliest && found.length < most; day -= step) found.unshift(day);
  return found;
}

function tooShort(firstDay: Day, churn: ChurnDefinition): string {
  const needed = fewestDays(churn);
  return (
    `The log is too short to learn from: with a churn window of ${days(churn.churnDays)} it must cover at least ${days(needed)} ` +
    `(from ${formatDay(firstDay)} to ${formatDay(firstDay + needed - 1)}). ${adviceFor(churn)}`
  );
}

function adviceFor({ churnDays, leadDays }: ChurnDefinition): string {
  if (churnDays > 1) return "Set a shorter churn window, or collect for longer.";
  return leadDays > 0 ? "Set a shorter lead, or collect for longer." : "Collect for longer.";
}
