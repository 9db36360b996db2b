import { binOf, psiOfShares, type ReferenceBins } from "#churn/model/psi.ts";

/** The population stability index of values against the reference. */
export function psi(reference: ReferenceBins, values: ArrayLike<number>): number {
  const counts = new Array<number>(reference.shares.length).fill(0);
  for (const value of Array.from(values)) {
    const bin = binOf(reference.edges, value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return psiOfShares(
    reference,
    counts.map((count) => count / values.length),
  );
}
