import { psiOfShares } from "../model/psi.ts";
import type { Beat, Pulse } from "./pulse.ts";
import { usualBefore } from "./usual.ts";

/** From here on a distribution is called changed (docs/model.md). */
const leastPsi = 0.25;

/**
 * The population stability index of a week's mix of actions beside that of the weeks before it, if it says that the mix
 * has changed by more than the few actions of a small log vary; undefined if not, or if too little is known.
 */
export function mixOff(pulse: Pulse, week: number): number | undefined {
  const usual = usualBefore(pulse, week);
  const now = pulse.weeks[week];
  if (usual === undefined || now === undefined || now.actions === 0) return undefined;
  const recent = psiBetween(usual.recent, now);
  const isUnusual = isChange(recent) && (usual.earlier.length === 0 || isChange(psiBetween(usual.earlier, now)));
  return isUnusual ? recent.psi : undefined;
}

interface Psi {
  readonly psi: number;
  /** What it is on average for two samples of the same mix. */
  readonly byChance: number;
}

function isChange({ psi, byChance }: Psi): boolean {
  return psi - 3 * byChance >= leastPsi;
}

function psiBetween(weeks: readonly Beat[], now: Beat): Psi {
  const kinds = now.kinds.map((_, kind) => weeks.reduce((sum, week) => sum + (week.kinds[kind] ?? 0), 0));
  const total = kinds.reduce((sum, count) => sum + count, 0);
  if (total === 0) return { psi: 0, byChance: 0 };
  // Half an action more of each, so that one that is rare does not look new.
  const sharesOf = (counts: readonly number[], sum: number) =>
    counts.map((count) => (count + 0.5) / (sum + counts.length / 2));
  const psi = psiOfShares({ edges: [], shares: sharesOf(kinds, total) }, sharesOf(now.kinds, now.actions));
  return { psi, byChance: (kinds.length - 1) * (1 / total + 1 / now.actions) };
}
