import type { Dataset } from "#churn/features/dataset.ts";

/** The same rows with one of their features only. */
export function onlyFeature(data: Dataset, name: string): Dataset {
  const column = data.names.indexOf(name);
  const x = Float64Array.from({ length: data.rows }, (_, row) => data.x[row * data.names.length + column] ?? 0);
  return { ...data, names: [name], x };
}
