/** `2,113` */
export function formatCount(count: number): string {
  return shown(count);
}

/** A moment, in milliseconds since the epoch or as ISO 8601 in UTC, to the minute: `2026-03-01 02:31`. */
export function formatMinute(time: number | string): string {
  const iso = typeof time === "number" ? new Date(time).toISOString() : time;
  return iso.slice(0, 16).replace("T", " ");
}

/** A share in per cent: `31 %`, and with one decimal below ten: `3.4 %`. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  return `${shown(percent, { maximumFractionDigits: Math.abs(percent) < 9.95 ? 1 : 0 })} %`;
}

/** A share in percentage points, with one decimal: `1.4`. */
export function formatPoints(share: number): string {
  return (share * 100).toFixed(1);
}

/** A value of a feature in its own unit, with about three significant digits: `0.25`, `34.5`, `12,345`. */
export function formatValue(value: number): string {
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return shown(value, { maximumFractionDigits: decimals });
}

/** A number in figures, with the sign that is as long as a plus: `−12,345.6`. */
export function shown(value: number, options: Intl.NumberFormatOptions = {}): string {
  return value.toLocaleString("en-US", options).replace("-", "−");
}

/** What a step of `logOdds` does to the odds: `× 1.95`, `× 0.44`, at the ends `× >100` and `× <0.01`. */
export function formatOdds(logOdds: number): string {
  const factor = Math.exp(logOdds);
  if (factor > 100) return "× >100";
  return factor < 0.01 ? "× <0.01" : `× ${factor.toFixed(2)}`;
}

export function twoDecimals(value: number): string {
  return value.toFixed(2);
}

export function threeDecimals(value: number): string {
  return value.toFixed(3);
}

/** A figure with its interval, if it has one: `0.80 (0.79 to 0.82)`, which may be broken before the bracket only; a dash for none. */
export function withInterval(
  figure: { readonly value: number; readonly low?: number; readonly high?: number } | null | undefined,
  format: (value: number) => string,
): string {
  if (!figure) return "–";
  const { value, low, high } = figure;
  if (low === undefined || high === undefined) return format(value);
  return `${format(value)} ${`(${format(low)} to ${format(high)})`.replaceAll(" ", "\u00a0")}`;
}

/** `1 user`, `2,113 users` */
export function formatCounted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** part / whole, and 0 where there is no whole. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
