/**
 * The sum of a day's values, to 12 significant digits in every store: digits beyond them depend on the order of
 * addition, which differs from store to store. Amounts of money lose nothing.
 */
export function sumOfValues(sum: number): number {
  if (Number.isInteger(sum)) return sum;
  const hundredths = Math.round(sum * 100);
  // What has two decimals has no digits beyond the 12th: it is found out twenty times as fast as it is written.
  return hundredths / 100 === sum && Math.abs(hundredths) < 1e11 ? sum : Number(sum.toPrecision(12));
}
