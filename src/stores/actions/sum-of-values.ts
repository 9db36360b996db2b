/** More than the sum of as many values as there can be, each of the largest that ingest takes. */
const mostSum = 1e25;

/**
 * The sum of a day's values, to 12 significant digits in every store: digits beyond them depend on the order of
 * addition, which differs from store to store. Amounts of money lose nothing. A sum that has overflowed, of values that were
 * stored before they had a bound, is the largest there is: one user's must not stop a run for all.
 */
export function sumOfValues(sum: number): number {
  if (Number.isInteger(sum)) return sum;
  if (!Number.isFinite(sum)) return Number.isNaN(sum) ? 0 : Math.sign(sum) * mostSum;
  const hundredths = Math.round(sum * 100);
  // What has two decimals has no digits beyond the 12th: it is found out twenty times as fast as it is written.
  return hundredths / 100 === sum && Math.abs(hundredths) < 1e11 ? sum : Number(sum.toPrecision(12));
}
