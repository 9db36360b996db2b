import { InvalidInput } from "#churn/failure.ts";
import { firstNotFinite } from "#churn/features/features.ts";
import { UnreadableValue } from "../unreadable-rows.ts";
import type { FeatureRow, FeatureSet, NewFeatureRow } from "./feature-store.ts";

/**
 * Throws InvalidInput unless every row has a state for each population of its set, and a finite number for each name,
 * or no number where the user has lapsed in all of them.
 */
export function checkRows(rows: readonly NewFeatureRow[], { id, names, populations }: FeatureSet): void {
  for (const { lapsed, values } of rows) {
    const fail = (fault: string) => {
      throw new InvalidInput(`Could not store the features of a user: ${fault}`);
    };
    if (lapsed.length !== populations.length)
      fail(`${lapsed.length} states where the set ${id} has ${populations.length} populations`);
    const expected = lapsed.includes(null) ? names.length : 0;
    if (values.length !== expected) fail(`${values.length} values where the set ${id} has ${expected} for such a user`);
    const at = firstNotFinite(values);
    if (at !== undefined) fail(`${names[at]} is ${values[at]}, not a number`);
  }
}

/**
 * Returns a stored row, unless a model cannot take it, as it would have to compute with what is not there. Rows of before users
 * had a state have none.
 */
export function sound<Row extends FeatureRow>(row: Row, { names }: Pick<FeatureSet, "names">): Row {
  const { lapsed, values } = row;
  if (values.length === 0 && !lapsed.includes(null)) return row;
  if (values.length !== names.length)
    throw new UnreadableValue(`${values.length} values stand for ${names.length} names`);
  if (!values.every(Number.isFinite)) throw new UnreadableValue("a value is not a number");
  return row;
}
