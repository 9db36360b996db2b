import type { Dataset } from "../features/dataset.ts";
import { selectRows } from "../features/select-rows.ts";
import { type RankedRows, rankRows, selectRanked } from "./ranked-rows.ts";

/** Rows to fit to, with their ranks among all that there are. */
export interface FitRows {
  readonly data: Dataset;
  readonly ranked: RankedRows;
}

/** Ranks all rows of a dataset, for any number of fits to some of them. */
export function fitRowsOf(data: Dataset): FitRows {
  return { data, ranked: rankRows(data.x, data.names.length) };
}

/** Those of the rows that `keep` accepts by their place among them. */
export function selectFitRows({ data, ranked }: FitRows, keep: (place: number) => boolean): FitRows {
  return { data: selectRows(data, keep), ranked: selectRanked(ranked, keep) };
}
