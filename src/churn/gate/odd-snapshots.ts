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
 * The snapshots whose outcomes a model foretells far worse than those of the others, by the rule for a champion that is far
 * off, and after which all is well again: a month in which the log was broken. If the newest is one of them, none: whether
 * the log is broken or the world has changed is then for a person to say. None of fewer than three either.
 */
export function oddSnapshots(foretold: Foretold): ReadonlySet<Day> {
  const bySnapshot = rowsBySnapshot(foretold);
  if (bySnapshot.size < fewest) return new Set();
  const usual = medianOf([...bySnapshot.values()].map(({ y, p }) => logLoss(y, p)));
  const odd = [...bySnapshot].flatMap(([day, { y, p }]) => (farOff(y, p, usual) === undefined ? [] : [day]));
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
