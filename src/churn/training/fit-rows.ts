import type { Dataset } from "../features/dataset.ts";
import { type RankedRows, rankRows, selectRanked } from "./ranked-rows.ts";

/** Rows of a dataset to fit to, which are not copied: a fit to some of them needs only their numbers. */
export interface FitRows {
  /** All rows that there are. */
  readonly data: Dataset;
  /** Those to fit to, with their ranks among all. */
  readonly ranked: RankedRows;
  /** What is known of each of those to fit to. */
  readonly y: Uint8Array;
  readonly snapshots: Int32Array;
}

/** Ranks all rows of a dataset, for any number of fits to some of them. */
export function fitRowsOf(data: Dataset): FitRows {
  const { y, snapshots } = data;
  return { data, ranked: rankRows(data.x, data.names.length), y, snapshots };
}

/** Those of the rows that `keep` accepts by their number in the dataset. */
export function selectFitRows({ data, ranked }: FitRows, keep: (row: number) => boolean): FitRows {
  const chosen = selectRanked(ranked, keep);
  return {
    data,
    ranked: chosen,
    y: Uint8Array.from(chosen.rows, (row) => data.y[row] ?? 0),
    snapshots: Int32Array.from(chosen.rows, (row) => data.snapshots[row] ?? 0),
  };
}
