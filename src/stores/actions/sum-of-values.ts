/**
 * The sum of a day's values as every store tells it: to 12 significant digits. How far rounding goes astray beyond them
 * depends on the order of adding, which differs from store to store; of amounts of money nothing is lost.
 */
export function sumOfValues(sum: number): number {
  return Number.isInteger(sum) ? sum : Number(sum.toPrecision(12));
}
