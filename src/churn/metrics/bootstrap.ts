import type { Evaluation } from "../model/manifest.ts";
import { quantile } from "../quantile.ts";
import { randomFrom } from "../random.ts";

/** Rows that belong together, as those of one user do: they are drawn together. */
export interface Clusters {
  /** The cluster of each row, 0 … count - 1. */
  readonly of: Uint32Array;
  readonly count: number;
}

export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: string | number;
}

type Estimate = Evaluation["auc"];

/** Clusters by an id of each row. They are numbered by sorted id, so that the order of rows decides nothing. */
export function clustersOf(ids: readonly string[]): Clusters {
  const distinct = [...new Set(ids)].sort();
  const numbers = new Map(distinct.map((id, number) => [id, number]));
  return { of: Uint32Array.from(ids, (id) => numbers.get(id) ?? 0), count: distinct.length };
}

/**
 * Draws as many clusters as there are, with replacement, and asks for the statistic of each such sample, given as how
 * often each row occurs in it, and how often each cluster does (the arrays are reused). Several snapshots of one user are not
 * independent, and drawing rows would make intervals too narrow (Davison and Hinkley 1997, 3.8, the first of their two strategies).
 */
export function resample<T>(
  clusters: Clusters,
  options: BootstrapOptions,
  statistic: (counts: Uint32Array, drawn: Uint32Array) => T,
): T[] {
  const counts = new Uint32Array(clusters.of.length);
  return resampleClusters(clusters.count, options, (drawn) => {
    for (let row = 0; row < counts.length; row++) counts[row] = drawn[clusters.of[row] ?? 0] ?? 0;
    return statistic(counts, drawn);
  });
}

/** The mean of the values of each such sample. */
export function resampleMean(values: Float64Array, clusters: Clusters, options: BootstrapOptions): number[] {
  return resampleClusters(clusters.count, options, meanOfDrawn(values, clusters));
}

/** The mean of the values of a sample by how often each cluster was drawn: it needs only their sum in each cluster. */
export function meanOfDrawn(values: Float64Array, clusters: Clusters): (drawn: Uint32Array) => number {
  const sums = new Float64Array(clusters.count);
  const sizes = new Uint32Array(clusters.count);
  for (let row = 0; row < values.length; row++) {
    const cluster = clusters.of[row] ?? 0;
    sums[cluster] = (sums[cluster] ?? 0) + (values[row] ?? 0);
    sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  }
  return (drawn) => {
    let sum = 0;
    let rows = 0;
    for (let cluster = 0; cluster < drawn.length; cluster++) {
      const times = drawn[cluster] ?? 0;
      sum += times * (sums[cluster] ?? 0);
      rows += times * (sizes[cluster] ?? 0);
    }
    return sum / rows;
  };
}

/** Asks for the statistic of how often each cluster was drawn (the array is reused). */
function resampleClusters<T>(
  count: number,
  { resamples, seed }: BootstrapOptions,
  statistic: (drawn: Uint32Array) => T,
): T[] {
  const random = randomFrom(seed);
  const drawn = new Uint32Array(count);
  const results: T[] = [];
  while (results.length < resamples) {
    drawn.fill(0);
    for (let draw = 0; draw < count; draw++) {
      const cluster = Math.floor(random() * count);
      drawn[cluster] = (drawn[cluster] ?? 0) + 1;
    }
    results.push(statistic(drawn));
  }
  return results;
}

/**
 * The 95 % percentile interval (Efron and Tibshirani 1993, chapter 13). Resamples where the statistic is undefined
 * (NaN: they hold one class only) are left out. Resampling adds noise, which can only raise an absolute error such as
 * the calibration error, so its interval may miss the value itself: it is then widened to reach it.
 */
export function estimate(value: number, resampled: readonly number[]): Estimate {
  const sorted = Float64Array.from(resampled.filter((result) => !Number.isNaN(result))).sort();
  if (sorted.length === 0) return { value, low: value, high: value };
  return { value, low: Math.min(value, quantile(sorted, 0.025)), high: Math.max(value, quantile(sorted, 0.975)) };
}
