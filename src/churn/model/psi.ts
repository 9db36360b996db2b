import { quantile } from "../quantile.ts";

/** How a feature was distributed when the model was made. */
export interface ReferenceBins {
  /** Ascending; the bins are (-∞, edges[0]], (edges[0], edges[1]], … (edges[last], ∞). */
  readonly edges: number[];
  /** Share of the values in each bin; one more than there are edges. */
  readonly shares: number[];
}

/** An empty bin would make the index infinite: a share counts as at least this. */
const smallestShare = 1e-4;

/**
 * Bins that hold about equal shares of `values` (at least one), cut at their quantiles. Where one value is so frequent
 * that quantiles coincide, as zero often is, it fills a bin of its own and there are fewer bins. A largest value as
 * frequent as that leaves an empty bin above it, so that values never seen before still count as drift.
 */
export function referenceBins(values: ArrayLike<number>, bins = 10): ReferenceBins {
  const sorted = Float64Array.from(values).sort();
  const quantiles = Array.from({ length: bins - 1 }, (_, k) => quantile(sorted, (k + 1) / bins));
  const edges = [...new Set(quantiles)];
  return { edges, shares: sharesOf(edges, sorted) };
}

/**
 * Population stability index of the share of values in each bin against the reference: sum over bins of (share -
 * reference share) times the logarithm of their ratio (Siddiqi 2006; it is the Jeffreys divergence). 0 for the same
 * shares, never negative, NaN for shares that are NaN.
 */
export function psiOfShares(reference: ReferenceBins, shares: readonly number[]): number {
  return shares.reduce((index, share, bin) => {
    const now = Math.max(share, smallestShare);
    const then = Math.max(reference.shares[bin] ?? 0, smallestShare);
    return index + (now - then) * Math.log(now / then);
  }, 0);
}

/** The bin of a value, from 0. */
export function binOf(edges: readonly number[], value: number): number {
  let bin = 0;
  while (bin < edges.length && value > (edges[bin] ?? 0)) bin += 1;
  return bin;
}

function sharesOf(edges: readonly number[], values: ArrayLike<number>): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bin = binOf(edges, values[i] ?? 0);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count) => count / values.length);
}
