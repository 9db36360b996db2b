import type { ShownScore } from "./view.ts";

export interface Crossing extends ShownScore {
  /** Whether the user was at risk from then on, or no longer. */
  readonly into: boolean;
}

/** The snapshots at which a user became at risk or ceased to be, each by the threshold of its list. */
export function crossings(shown: readonly ShownScore[]): Crossing[] {
  const known = shown.filter(({ risk }) => risk !== undefined);
  return known.flatMap((score, i) => {
    const before = known[i - 1];
    if (before === undefined || (before.risk === "high") === (score.risk === "high")) return [];
    return [{ ...score, into: score.risk === "high" }];
  });
}
