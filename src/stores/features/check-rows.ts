import { InvalidInput } from "#churn/failure.ts";
import type { FeatureRow, FeatureSet } from "./feature-store.ts";

/** Throws InvalidInput unless every row has a finite number for each name of its set. */
export function checkRows(rows: readonly FeatureRow[], { id, names }: FeatureSet): void {
  for (const { userId, values } of rows) {
    if (values.length !== names.length) {
      throw new InvalidInput(
        `Could not store features of ${userId}: ${values.length} values where the set ${id} has ${names.length}`,
      );
    }
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new InvalidInput(
        `Could not store features of ${userId}: ${names[wrong]} is ${values[wrong]}, not a number`,
      );
    }
  }
}
