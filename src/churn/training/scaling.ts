import { parseFeature } from "../features/catalogue.ts";
import type { Dataset } from "../features/dataset.ts";
import type { Feature } from "../features/feature.ts";
import type { ScalingParameters } from "../model/parameters.ts";
import { quantile } from "../quantile.ts";
import { sortedColumns } from "./sorted-columns.ts";

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
 * scale 1, and so always the value 0. `sorted` are the columns, if they are known.
 */
export function fitScaling(data: Dataset, sorted = sortedColumns(data.x, data.names.length)): Scaling {
  const scaling: Scaling = { low: [], high: [], transform: [], center: [], scale: [], typical: [] };
  for (const [j, name] of data.names.entries()) {
    const column = sorted.subarray(j * data.rows, (j + 1) * data.rows);
    const low = quantile(column, 0.01);
    const feature = parseFeature(name);
    const high = feature?.scale === "calendar" ? longestTenure : quantile(column, 0.99);
    const transform = transformOf(feature, low);
    const { mean, deviation } = moments(
      column.map((value) => transformed(Math.min(Math.max(value, low), high), transform)),
    );
    scaling.low.push(low);
    scaling.high.push(high);
    scaling.transform.push(transform);
    const isConstant = deviation <= 1e-12 * Math.max(1, Math.abs(mean));
    scaling.center.push(isConstant ? transformed(low, transform) : mean);
    scaling.scale.push(isConstant ? 1 : deviation);
    scaling.typical.push(quantile(column, 0.5));
  }
  return scaling;
}

/** The rows of a dataset as the regression sees them: row-major, rows x width. */
export function applyScaling(scaling: ScalingParameters, data: Dataset): Float64Array {
  const width = data.names.length;
  const scaled = new Float64Array(data.rows * width);
  for (let j = 0; j < width; j++) {
    const { low = 0, high = 0, transform = "identity", center = 0, scale = 1 } = at(scaling, j);
    for (let i = j; i < scaled.length; i += width) {
      scaled[i] = (transformed(Math.min(Math.max(data.x[i] ?? 0, low), high), transform) - center) / scale;
    }
  }
  return scaled;
}

type Transform = ScalingParameters["transform"][number];

function at({ low, high, transform, center, scale }: ScalingParameters, j: number) {
  return { low: low[j], high: high[j], transform: transform[j], center: center[j], scale: scale[j] };
}

/** Counts, sums and times are skewed, so their logarithm is nearer to additive; a value may be negative (refunds). */
function transformOf(feature: Feature | undefined, low: number): Transform {
  return feature?.scale === "signed" || low < 0 ? "identity" : "log1p";
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
