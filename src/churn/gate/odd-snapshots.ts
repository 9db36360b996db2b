import type { Day } from "../day.ts";
import { logLoss } from "../metrics/log-loss.ts";
import { farOff } from "./far-off.ts";
import { medianOf } from "./usual.ts";

/** Outcomes of several snapshots, and what a model that has seen none of them makes of them. */
export interface Foretold {
  /** 1 for churned, 0 for stayed. */
  readonly y: Uint8Array;
  /** The snapshot of each row. */
  readonly snapshots: Int32Array;
  readonly p: Float64Array;
}

/** Fewer snapshots do not say what is usual. */
const fewest = 3;

/**
 * The snapshots after whose broken outcomes all is well again: those that a model foretells far worse than the others, by the
 * rule for a champion that is far off (of three at least), and those for which `isOff` says that the log was unusual. If the
 * newest is one of them, none: whether the log is broken or the world has changed is then for a person to say.
 */
export function oddSnapshots(foretold: Foretold, isOff: (snapshot: Day) => boolean): ReadonlySet<Day> {
  const bySnapshot = rowsBySnapshot(foretold);
  const usual =
    bySnapshot.size < fewest ? undefined : medianOf([...bySnapshot.values()].map(({ y, p }) => logLoss(y, p)));
  const odd = [...bySnapshot].flatMap(([day, { y, p }]) =>
    isOff(day) || (usual !== undefined && farOff(y, p, usual) !== undefined) ? [day] : [],
  );
  return new Set(odd.includes(Math.max(...bySnapshot.keys())) ? [] : odd);
}

function rowsBySnapshot({ y, snapshots, p }: Foretold): Map<Day, { y: number[]; p: number[] }> {
  const found = new Map<Day, { y: number[]; p: number[] }>();
  for (const [row, snapshot] of snapshots.entries()) {
    const rows = found.get(snapshot) ?? { y: [], p: [] };
    found.set(snapshot, rows);
    rows.y.push(y[row] ?? 0);
    rows.p.push(p[row] ?? Number.NaN);
  }
  return found;
}
