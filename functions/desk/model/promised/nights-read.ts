import type { Day } from "#churn/day.ts";

/** More are of the same users, and tell hardly more. */
const mostNights = 8;

/** Which of many nights are read to compare promises by user: at most eight, spread evenly. */
export function nightsRead(nights: readonly Day[]): Day[] {
  const count = Math.min(mostNights, nights.length);
  return Array.from({ length: count }, (_, i) => nights[Math.floor(((i + 0.5) * nights.length) / count)] ?? 0);
}
