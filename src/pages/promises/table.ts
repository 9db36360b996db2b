import { type Figure, withBounds } from "#churn/metrics/delete-one.ts";
import type { MonthOfPromises } from "#churn/promises/by-month.ts";
import type { Promises } from "#churn/promises/promises.ts";
import { formatCount, formatPercent, threeDecimals, twoDecimals, withInterval } from "../format.ts";

/** A table of promises as text: for a page or a terminal. */
export const promiseHead = [
  "Month",
  "Version",
  "Nights",
  "Users a night",
  "Promised",
  "Left",
  "Left / promised",
  "AUC, and of recency alone",
  "Log loss",
  "Riskiest tenth reached, and longest silent tenth",
];

/** A row for each month, and under it one for each version where there were several; of many, those of most nights. */
export function promiseRows(months: readonly MonthOfPromises[], mostVersions = 5): string[][] {
  return months.flatMap(({ month, all, versions }) => {
    const [only, ...others] = versions;
    if (only === undefined) return [];
    if (others.length === 0) return [rowOf(month, only.version, all)];
    const longest = versions.toSorted((a, b) => b.promises.nights - a.promises.nights).slice(0, mostVersions);
    return [
      rowOf(month, `${versions.length} versions`, all),
      ...longest.map(({ version, promises }) => rowOf("", version, promises)),
    ];
  });
}

function rowOf(month: string, version: string, promises: Promises): string[] {
  const { nights, users, promised, left, ratio, auc, logLoss, capture, recency } = promises;
  return [
    month,
    version,
    formatCount(nights),
    formatCount(Math.round(users)),
    formatCount(Math.round(promised)),
    formatCount(Math.round(left)),
    withInterval(withBounds(ratio), twoDecimals),
    besideRecency(auc, recency?.auc, threeDecimals),
    withInterval(withBounds(logLoss), threeDecimals),
    besideRecency(capture, recency?.capture, formatPercent),
  ];
}

/** `0.783 (0.760 to 0.801), 0.741`: the intervals of both would not fit on a printed page. */
function besideRecency(
  figure: Figure | undefined,
  recency: Figure | undefined,
  format: (value: number) => string,
): string {
  return `${withInterval(figure && withBounds(figure), format)}, ${recency === undefined ? "–" : format(recency.value)}`;
}
