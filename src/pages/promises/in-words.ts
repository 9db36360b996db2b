import { type Day, formatDay } from "#churn/day.ts";
import type { Figure } from "#churn/metrics/delete-one.ts";
import type { Promises } from "#churn/promises/promises.ts";
import { formatCount } from "../format.ts";

/**
 * Whether promises were kept, in one sentence: `On an average night of the last 28, the list promised that 620 of
 * 2,552 users would leave, and 655 did: as promised (× 1.06, 95 % interval 0.98 to 1.14).`
 */
export function promisesInWords({ nights, users, promised, left, ratio }: Promises): string {
  const when = nights === 1 ? "On one night" : `On an average night of the last ${nights}`;
  const whole = (count: number) => formatCount(Math.round(count));
  return `${when}, the list promised that ${whole(promised)} of ${whole(users)} users would leave, and ${whole(left)} did: ${verdict(ratio)} (× ${ratio.value.toFixed(2)}${intervalInWords(ratio)}).`;
}

/**
 * Whether the lists ranked users better than recency alone: `The lists ranked users better than recency alone: AUC 0.806
 * against 0.781 (+0.025, 95 % interval +0.011 to +0.039).` Undefined where that is not known.
 */
export function recencyInWords({ auc, recency }: Promises): string | undefined {
  const { auc: other, aucGain: gain } = recency ?? {};
  if (auc === undefined || other === undefined || gain === undefined) return undefined;
  const interval = gain.interval === undefined ? "" : `, 95 % interval ${gain.interval.map(signed).join(" to ")}`;
  return `${gainVerdict(gain)}: AUC ${auc.value.toFixed(3)} against ${other.value.toFixed(3)} (${signed(gain.value)}${interval}).`;
}

function gainVerdict({ interval }: Figure): string {
  if (interval === undefined) return "Too few users to tell whether the lists ranked them better than recency alone";
  const [low, high] = interval;
  if (low > 0) return "The lists ranked users better than recency alone";
  return high < 0
    ? "The lists ranked users worse than recency alone"
    : "The lists ranked users neither surely better nor surely worse than recency alone";
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}

/** Whether the interval of left over promised holds 1, which is as promised. */
export function verdict({ interval }: Pick<Figure, "interval">): string {
  if (interval === undefined) return "too few users to tell whether as promised";
  const [low, high] = interval;
  if (low > 1) return "more than promised";
  return high < 1 ? "fewer than promised" : "as promised";
}

function intervalInWords({ interval }: Promises["ratio"]): string {
  return interval === undefined ? "" : `, 95 % interval ${interval.map((bound) => bound.toFixed(2)).join(" to ")}`;
}

/** When a list can be compared, in a sentence; `lastDay` is that of the log. */
export function nextInWords({
  snapshot,
  from,
  logTo,
  lastDay,
}: {
  readonly snapshot: Day;
  readonly from: Day;
  readonly logTo: Day;
  readonly lastDay: Day | undefined;
}): string {
  const needed =
    lastDay !== undefined && lastDay < logTo
      ? ` It needs actions up to ${formatDay(logTo)}; so far the log ends on ${formatDay(lastDay)}.`
      : "";
  return `The list of ${formatDay(snapshot)} can be compared from ${formatDay(from)} on, once its churn window has closed.${needed}`;
}
