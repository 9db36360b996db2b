import type { ModelParameters } from "./parameters.ts";
import { splitsOf } from "./trees.ts";

/** Vectors at thresholds: for each split, the same number on either side. */
const atThresholds = 32;

/**
 * Vectors at which each parameter shows, to compare two computations of one model: the typical one; the ends of the
 * usual ranges, as at the typical one the weight of a feature whose median is its mean would not show; and vectors of
 * thresholds, which go below by a hair, or above by one.
 */
export function probesOf(parameters: ModelParameters, typical: readonly number[]): (readonly number[])[] {
  const { low, high } = parameters.scaling;
  const thresholds = typical.map((): number[] => []);
  for (const { feature, threshold } of splitsOf(parameters)) thresholds[feature]?.push(threshold);
  if (thresholds.every(({ length }) => length === 0)) return [typical, low, high];
  const probes = Array.from({ length: atThresholds }, (_, probe) =>
    typical.map((usual, feature) => {
      const own = thresholds[feature] ?? [];
      // Two steps that have no common factor, so that features meet in all combinations.
      const threshold = own[(probe * 7 + feature * 3) % Math.max(1, own.length)];
      return threshold === undefined ? usual : (probe + feature) % 2 === 0 ? threshold : above(threshold);
    }),
  );
  return [typical, low, high, ...probes];
}

/** The next number in float64, or one near it. */
function above(value: number): number {
  return value + Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE);
}
