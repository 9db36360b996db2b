import type { Dataset } from "../features/dataset.ts";
import { contributionsFrom } from "../model/contributions.ts";
import type { FittedModel } from "./train-model.ts";

/** More users move a mean no further. */
const mostRows = 2_000;

/** By how much each feature moves the log-odds away from those of the typical user, either way, on average over rows. */
export function importances(
  { parameters, typical }: Pick<FittedModel, "parameters" | "typical">,
  data: Dataset,
): number[] {
  const width = data.names.length;
  const sums = new Float64Array(width);
  const contributionsOf = contributionsFrom(typical, parameters);
  const step = Math.ceil(data.rows / mostRows);
  let rows = 0;
  for (let row = 0; row < data.rows; row += step) {
    const contributions = contributionsOf(data.x.subarray(row * width, (row + 1) * width));
    for (let j = 0; j < width; j++) sums[j] = (sums[j] ?? 0) + Math.abs(contributions[j] ?? 0);
    rows += 1;
  }
  return Array.from(sums, (sum) => sum / Math.max(1, rows));
}
