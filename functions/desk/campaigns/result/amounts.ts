import type { MeasuredOutcome } from "#churn/campaign/campaign.ts";
import type { Estimate } from "#churn/statistics/estimate.ts";
import { formatCount, formatPoints, shown } from "#pages/format.ts";

/** A difference of an outcome with its sign: `−3.1 points` of shares, `+12.50` of amounts. */
export function signedAmount(value: number, kind: MeasuredOutcome["kind"]): string {
  const text = amountText(Math.abs(value), kind);
  return value > 0 ? `+${text}` : value < 0 ? `−${text}` : text;
}

/** The size of a difference: `3.1 points` of shares, `12.50` of amounts. */
export function amountText(value: number, kind: MeasuredOutcome["kind"]): string {
  return kind === "share" ? `${formatPoints(value)} points` : formatMoney(value);
}

/** An amount in the currency of values. */
export function formatMoney(value: number): string {
  const digits = Math.abs(value) >= 1_000 ? 0 : 2;
  return shown(value, {
    maximumFractionDigits: digits,
    minimumFractionDigits: Number.isInteger(value) ? 0 : digits,
  });
}

/** Whom a share of users other than those who left gains: `with “learned”`; undefined of those who left. */
export function gainedOther({ name, good }: MeasuredOutcome): string | undefined {
  if (name === "left" && good === "less") return undefined;
  return `${good === "more" ? "with" : "without"} “${name}”`;
}

/** `29 (−40 to 97)` */
export function formatUsers({ value, low, high }: Estimate): string {
  return `${whole(value)} (${whole(low)} to ${whole(high)})`;
}

/** `12.50 (−3 to 20)` */
export function formatMoneyRange({ value, low, high }: Estimate): string {
  return `${formatMoney(value)} (${formatMoney(low)} to ${formatMoney(high)})`;
}

function whole(value: number): string {
  return formatCount(Math.round(value) + 0);
}
