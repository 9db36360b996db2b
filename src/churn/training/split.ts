import { type Day, formatDay } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";
import { InvalidInput } from "../failure.ts";
import { days } from "../number-words.ts";

/** The snapshot dates that a model is fitted, tuned and judged on. */
export interface Split {
  /** Ascending. The label of each is complete before the test snapshot. */
  readonly training: readonly Day[];
  /** The last snapshot with a complete label. */
  readonly test: Day;
}

/** More snapshots than this add rows of the same users but hardly any information. */
const mostSnapshots = 24;

/**
 * Chooses snapshots for a log that covers firstDay … lastDay, both inclusive. The test snapshot is the last one whose
 * churn window is complete; training snapshots go back from one churn window (and lead) before it, a third of the
 * churn window apart, as long as two churn windows precede them (one, for a short log).
 * Throws InvalidInput when the log is too short to learn from.
 */
export function planSplit(firstDay: Day, lastDay: Day, churn: ChurnDefinition): Split {
  return splitBefore(firstDay, lastDay + 1 - churn.churnDays - churn.leadDays, churn);
}

/** The same for a test snapshot that is given. */
export function splitBefore(firstDay: Day, test: Day, churn: ChurnDefinition): Split {
  const lastTraining = test - churn.churnDays - churn.leadDays;
  const earliest = Math.min(firstDay + 2 * churn.churnDays, Math.max(firstDay + churn.churnDays, lastTraining));
  if (lastTraining < firstDay + churn.churnDays) {
    const needed = 3 * churn.churnDays + 2 * churn.leadDays;
    throw new InvalidInput(
      `The log is too short to learn from: with a churn window of ${days(churn.churnDays)} it must cover at least ${days(needed)} ` +
        `(from ${formatDay(firstDay)} to ${formatDay(firstDay + needed - 1)}). ${adviceFor(churn)}`,
    );
  }
  const step = Math.max(1, Math.round(churn.churnDays / 3));
  const training: Day[] = [];
  for (let day = lastTraining; day >= earliest && training.length < mostSnapshots; day -= step) training.unshift(day);
  return { training, test };
}

function adviceFor({ churnDays, leadDays }: ChurnDefinition): string {
  if (churnDays > 1) return "Set a shorter churn window, or collect for longer.";
  return leadDays > 0 ? "Set a shorter lead, or collect for longer." : "Collect for longer.";
}
