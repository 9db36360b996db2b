import { psiOfShares } from "../model/psi.ts";
import type { Beat, Pulse } from "./pulse.ts";
import { newestWeeks, usualBefore } from "./usual.ts";

/** From here on a distribution is called changed (docs/model.md). */
const leastPsi = 0.25;
/** Fewer actions a week tell nothing. */
const leastActions = 20;
/** A log whose mix varies from week to week by itself, as one of few busy users does, must be off by more than this many times as much. */
const mostVariation = 2;

/**
 * The population stability index of a week's mix of actions beside that of the weeks before it, if it says that the mix
 * has changed by more than it varies by itself; undefined if not, or if too little is known.
 */
export function mixOff(pulse: Pulse, week: number): number | undefined {
  const usual = usualBefore(pulse, week);
  const now = pulse.weeks[week];
  if (usual === undefined || now === undefined || now.actions < leastActions) return undefined;
  const { recent, earlier } = usual;
  const isUnusual = isChange(recent, now) && (earlier.length === 0 || isChange(earlier, now));
  return isUnusual && !isUsualToday(pulse, now) ? psiBetween(recent, now).psi : undefined;
}

/** Whether the newest weeks are all alike, and the week is like them: then it began what has lasted since. */
function isUsualToday(pulse: Pulse, now: Beat): boolean {
  const newest = newestWeeks(pulse);
  // An outage is like any mix.
  if (newest === undefined || newest.some(({ actions }) => actions < leastActions)) return false;
  const differs = (others: readonly Beat[], week: Beat) => {
    const { psi, byChance } = psiBetween(others, week);
    return psi - 3 * byChance >= leastPsi;
  };
  return (
    !newest.some((week) =>
      differs(
        newest.filter((other) => other !== week),
        week,
      ),
    ) && !differs(newest, now)
  );
}

function isChange(usual: readonly Beat[], now: Beat): boolean {
  const { psi, byChance } = psiBetween(usual, now);
  if (psi - 3 * byChance < leastPsi) return false;
  const own = usual.map(
    (week) =>
      psiBetween(
        usual.filter((other) => other !== week),
        week,
      ).psi,
  );
  return psi > mostVariation * Math.max(...own);
}

interface Psi {
  readonly psi: number;
  /** What it is on average for two samples of the same mix. */
  readonly byChance: number;
}

function psiBetween(weeks: readonly Beat[], now: Beat): Psi {
  const kinds = now.kinds.map((_, kind) => weeks.reduce((sum, week) => sum + (week.kinds[kind] ?? 0), 0));
  const total = kinds.reduce((sum, count) => sum + count, 0);
  if (total === 0 || now.actions === 0) return { psi: 0, byChance: 0 };
  // Half an action more of each, so that one that is rare does not look new.
  const sharesOf = (counts: readonly number[], sum: number) =>
    counts.map((count) => (count + 0.5) / (sum + counts.length / 2));
  const psi = psiOfShares({ edges: [], shares: sharesOf(kinds, total) }, sharesOf(now.kinds, now.actions));
  return { psi, byChance: (kinds.length - 1) * (1 / total + 1 / now.actions) };
}
