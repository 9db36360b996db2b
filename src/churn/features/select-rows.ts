import type { Dataset } from "./dataset.ts";

/** The rows of a dataset that `keep` accepts by their index, in order; the dataset itself if these are all, as it may be large. */
export function selectRows(data: Dataset, keep: (row: number) => boolean): Dataset {
  const chosen = rowsOf(data, keep);
  if (chosen.length === data.rows) return data;
  const width = data.names.length;
  const x = new Float64Array(chosen.length * width);
  for (const [to, from] of chosen.entries()) x.set(data.x.subarray(from * width, (from + 1) * width), to * width);
  return { names: data.names, x, ...labelsOf(data, chosen) };
}

/** The same rows with one of their columns alone, without a copy of the others. */
export function selectColumn(data: Dataset, name: string, keep: (row: number) => boolean): Dataset {
  const chosen = rowsOf(data, keep);
  const column = data.names.indexOf(name);
  const x = Float64Array.from(chosen, (row) => data.x[row * data.names.length + column] ?? 0);
  return { names: [name], x, ...labelsOf(data, chosen) };
}

/** Whether the rows hold both users that churned and users that stayed: what a fit and a ranking need. */
export function hasBothClasses({ y }: Pick<Dataset, "y">): boolean {
  return y.includes(0) && y.includes(1);
}

function rowsOf({ rows }: Dataset, keep: (row: number) => boolean): number[] {
  return Array.from({ length: rows }, (_, row) => row).filter(keep);
}

/** All that a dataset knows of rows but their features. */
function labelsOf(data: Dataset, chosen: readonly number[]): Omit<Dataset, "names" | "x"> {
  return {
    rows: chosen.length,
    y: Uint8Array.from(chosen, (row) => data.y[row] ?? 0),
    users: chosen.map((row) => data.users[row] ?? ""),
    snapshots: Int32Array.from(chosen, (row) => data.snapshots[row] ?? 0),
  };
}
