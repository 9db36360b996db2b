import type { JudgedNight, Size } from "./scenarios.ts";

/** Small enough that all nights of all tests take minutes. */
export const small: Size = { users: 300, others: 2000, seed: "1" };

export async function all(nights: AsyncIterable<JudgedNight>): Promise<JudgedNight[]> {
  const found: JudgedNight[] = [];
  for await (const night of nights) found.push(night);
  return found;
}

/** Nights whose model took the champion's place, and really is worse. */
export function promotedWorse(nights: readonly JudgedNight[]): JudgedNight[] {
  return nights.filter(({ isPromoted, truth }) => isPromoted && (truth()?.value ?? 0) > 0);
}
