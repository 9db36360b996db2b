import { parseFeature } from "../features/catalogue.ts";
import type { Feature } from "../features/feature.ts";
import type { ScalingParameters } from "../model/parameters.ts";
import { quantile } from "../quantile.ts";
import { countsIn, matrixOf, type RankedRows, repeated } from "./ranked-rows.ts";

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
export function fitScaling(names: readonly string[], { rows, columns }: RankedRows): Scaling {
  const scaling: Scaling = { low: [], high: [], transform: [], center: [], scale: [], typical: [] };
  const ascending = new Float64Array(rows.length);
  for (const [j, column] of columns.entries()) {
    const counts = countsIn(rows, column);
    repeated(column.values, counts, ascending);
    const low = quantile(ascending, 0.01);
    const feature = parseFeature(names[j] ?? "");
    const high = feature?.scale === "calendar" ? longestTenure : quantile(ascending, 0.99);
    const transform = transformOf(feature, low);
    scaling.typical.push(quantile(ascending, 0.5));
    const scaled = column.values.map((value) => transformed(clipped(value, low, high), transform));
    const { mean, deviation } = moments(repeated(scaled, counts, ascending));
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

function moments(values: Float64Array): { mean: number; deviation: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
