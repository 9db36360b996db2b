/**
 * The sum of a day's values, to 12 significant digits in every store: digits beyond them depend on the order of
 * addition, which differs from store to store. Amounts of money lose nothing.
 */
export function sumOfValues(sum: number): number {
  return Number.isInteger(sum) ? sum : Number(sum.toPrecision(12));
}
