import type { Economics } from "./how-many.ts";

/**
 * The probability of leaving from which on it pays to contact a user of this value: where the gain of `howManyToContact` is 0.
 * s p (v - d) - t (1 - p) d - c = 0 solved for p is (c + t d) / (s (v - d) + t d), with the save rate s, the value v, the
 * incentive d, the share t of those who would stay that takes it, and the cost c of a contact. 0 where contacting anyone pays,
 * above 1 where it pays for no one, however sure they are to leave; infinite where more probability does not help.
 */
export function breakEven(
  value: number,
  { costPerContact, incentive, takeUp, saveRate }: Omit<Economics, "capacity">,
): number {
  const paid = costPerContact + takeUp * incentive;
  if (paid === 0) return saveRate.value * (value - incentive) >= 0 ? 0 : Number.POSITIVE_INFINITY;
  const gained = saveRate.value * (value - incentive) + takeUp * incentive;
  return gained > 0 ? paid / gained : Number.POSITIVE_INFINITY;
}
