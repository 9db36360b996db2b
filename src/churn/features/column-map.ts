/**
 * Where each wanted name stands among the names that there are; or, if some are missing, which.
 */
export function columnMap(wanted: readonly string[], names: readonly string[]): ColumnMap {
  const position = new Map(names.map((name, index) => [name, index]));
  const missing = wanted.filter((name) => !position.has(name));
  return { columns: Int32Array.from(wanted, (name) => position.get(name) ?? -1), missing };
}

export interface ColumnMap {
  /** For each wanted name its position; -1 where it is missing. */
  readonly columns: Int32Array;
  readonly missing: readonly string[];
}

/** The wanted values of a row that holds those of other names too. */
export function pick(values: ArrayLike<number>, { columns }: ColumnMap): Float64Array {
  const picked = new Float64Array(columns.length);
  // As a loop: `Float64Array.from` takes ten times as long, for each prediction of a stored user.
  for (let j = 0; j < columns.length; j++) picked[j] = values[columns[j] ?? -1] ?? Number.NaN;
  return picked;
}
