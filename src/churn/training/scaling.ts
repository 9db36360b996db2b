import { parseFeature } from "../features/catalogue.ts";
import type { Feature } from "../features/feature.ts";
import type { ScalingParameters } from "../model/parameters.ts";
import { quantileAt } from "../quantile.ts";
import { countsOf, matrixOf, type RankedRows, valueAt } from "./ranked-rows.ts";

/** How raw features become the standardised ones that the regression sees. */
export interface Scaling extends ScalingParameters {
  /** Median of each raw feature. */
  readonly typical: number[];
}

/**
 * A century in days. Tenure alone is not clipped above: it grows with the calendar, so the users to be scored lie beyond
 * the training range by nature, and its logarithm has no heavy tail.
 */
const longestTenure = 36_500;

/**
 * Learns the scaling from training rows: clip to their 1st … 99th percentile (heavy tails ruin a linear model), take
 * log1p of counts and times, then subtract the mean and divide by the standard deviation. A constant column gets
 * scale 1, and so always the value 0. `names` are those of the columns.
 */
export function fitScaling(names: readonly string[], ranked: RankedRows, counts = countsOf(ranked)): Scaling {
  const { rows, columns } = ranked;
  const scaling: Scaling = { low: [], high: [], transform: [], center: [], scale: [], typical: [] };
  for (const [j, { values }] of columns.entries()) {
    const counted = counts[j] ?? new Uint32Array(0);
    const quantile = (q: number) => quantileAt((place) => valueAt(values, counted, place), rows.length, q);
    const low = quantile(0.01);
    const feature = parseFeature(names[j] ?? "");
    const high = feature?.scale === "calendar" ? longestTenure : quantile(0.99);
    const transform = transformOf(feature, low);
    scaling.typical.push(quantile(0.5));
    const scaled = values.map((value) => transformed(clipped(value, low, high), transform));
    const { mean, deviation } = moments(scaled, counted, rows.length);
    scaling.low.push(low);
    scaling.high.push(high);
    scaling.transform.push(transform);
    const isConstant = deviation <= 1e-12 * Math.max(1, Math.abs(mean));
    scaling.center.push(isConstant ? transformed(low, transform) : mean);
    scaling.scale.push(isConstant ? 1 : deviation);
  }
  return scaling;
}

/** Rows as the regression sees them: row-major, rows x width. */
export function applyScaling(scaling: ScalingParameters, ranked: RankedRows): Float64Array {
  return matrixOf(ranked, ({ values }, j) => {
    const { low = 0, high = 0, transform = "identity", center = 0, scale = 1 } = at(scaling, j);
    return values.map((value) => (transformed(clipped(value, low, high), transform) - center) / scale);
  });
}

type Transform = ScalingParameters["transform"][number];

function at({ low, high, transform, center, scale }: ScalingParameters, j: number) {
  return { low: low[j], high: high[j], transform: transform[j], center: center[j], scale: scale[j] };
}

/** Counts, sums and times are skewed, so their logarithm is nearer to additive; a value may be negative (refunds). */
function transformOf(feature: Feature | undefined, low: number): Transform {
  return feature?.scale === "signed" || low < 0 ? "identity" : "log1p";
}

function clipped(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function transformed(value: number, transform: Transform): number {
  return transform === "log1p" ? Math.log1p(value) : value;
}

/** Of `rows` values, each as often as it is counted. */
function moments(values: Float64Array, counts: Uint32Array, rows: number): { mean: number; deviation: number } {
  let sum = 0;
  for (let rank = 0; rank < values.length; rank++) sum += (counts[rank] ?? 0) * (values[rank] ?? 0);
  const mean = sum / rows;
  let squares = 0;
  for (let rank = 0; rank < values.length; rank++) squares += (counts[rank] ?? 0) * ((values[rank] ?? 0) - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / rows) };
}
