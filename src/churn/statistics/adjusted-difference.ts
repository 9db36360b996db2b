import { pivotsOf, solverOf } from "./cholesky.ts";
import { dot } from "./dot.ts";
import type { Estimate } from "./estimate.ts";
import type { Sample } from "./sample.ts";
import { studentQuantile } from "./student.ts";

/** Rows of each arm that a coefficient needs. */
const rowsPerCoefficient = 10;

/**
 * Treated minus control, adjusted for the covariates: least squares of the outcome on treatment, centred covariates and
 * their products (Lin 2013, Agnostic notes on regression adjustments to experimental data), with the HC2 variance, which
 * is conservative for experiments (Samii and Aronow 2012), and Student's t. It estimates the same as the difference of
 * means whether or not the regression is right, and is as good in large samples if it explains nothing. Covariates that
 * tell nothing beyond the others are left out. Undefined where no covariate is left or an arm is too small for them.
 */
export function adjustedDifference(data: Sample, confidence = 0.95): Estimate | undefined {
  const all = Array.from({ length: data.width }, (_, j) => standardised(data, j)).filter(
    (column) => column !== undefined,
  );
  const sums = sumsOf(data, all);
  // The intercept's own sum of squares is the number of rows.
  const smaller = Math.min(sums.treated.gram[0] ?? 0, sums.control.gram[0] ?? 0);
  const chosen = independentColumns(sums, all.length, Math.floor(smaller / rowsPerCoefficient) - 1);
  if (chosen.length === 0) return undefined;
  const columns = chosen.flatMap((at) => all[at] ?? []);
  const places = placesOf(chosen);
  // An interacted regression is one regression for each arm; the effect is their difference at the common mean.
  const fits = {
    treated: fitOf(sums.treated, all.length + 1, places),
    control: fitOf(sums.control, all.length + 1, places),
  };
  const value = (fits.treated.coefficients[0] ?? 0) - (fits.control.coefficients[0] ?? 0);
  const error = Math.sqrt(varianceAtMean(data, columns, fits));
  const freedom = data.rows - 2 * (columns.length + 1);
  const half = studentQuantile((1 + confidence) / 2, freedom) * error;
  return { value, low: value - half, high: value + half, error };
}

interface Column {
  readonly j: number;
  readonly mean: number;
  readonly scale: number;
}

interface Arms<T> {
  readonly treated: T;
  readonly control: T;
}

/** Of the rows of an arm, the intercept first. */
interface Sums {
  /** XᵀX, row-major, of which only the lower triangle is filled. */
  readonly gram: Float64Array;
  /** Xᵀy. */
  readonly xy: Float64Array;
}

/** The places among `columns` of at most `most` covariates, those of which each varies in both arms beyond what the ones before tell. */
function independentColumns(sums: Arms<Sums>, columns: number, most: number): number[] {
  let chosen: number[] = [];
  for (let at = 0; at < columns && chosen.length < most; at++) {
    const extended = [...chosen, at];
    const places = placesOf(extended);
    const isUsable = Object.values(sums).every(
      ({ gram }) => (pivotsOf(part(gram, columns + 1, places), places.length).at(-1) ?? 0) > 1e-8,
    );
    if (isUsable) chosen = extended;
  }
  return chosen;
}

/** Where columns are in `Sums`, behind the intercept. */
function placesOf(columns: readonly number[]): number[] {
  return [0, ...columns.map((at) => at + 1)];
}

/** The rows and columns of a matrix at these places, which ascend. */
function part(matrix: Float64Array, size: number, places: readonly number[]): Float64Array {
  return Float64Array.from(places.flatMap((i) => places.map((j) => matrix[i * size + j] ?? 0)));
}

const none: Column = { j: 0, mean: 0, scale: 1 };

function standardised(data: Sample, j: number): Column | undefined {
  let mean = 0;
  for (let row = 0; row < data.rows; row++) mean += data.x(row, j) / data.rows;
  let squares = 0;
  for (let row = 0; row < data.rows; row++) squares += (data.x(row, j) - mean) ** 2 / data.rows;
  const scale = Math.sqrt(squares);
  return scale > 1e-12 * Math.max(1, Math.abs(mean)) ? { j, mean, scale } : undefined;
}

function sumsOf(data: Sample, columns: readonly Column[]): Arms<Sums> {
  const size = columns.length + 1;
  const empty = (): Sums => ({ gram: new Float64Array(size * size), xy: new Float64Array(size) });
  const [treated, control] = [empty(), empty()];
  const vector = new Float64Array(size);
  for (let row = 0; row < data.rows; row++) {
    const { gram, xy } = data.isTreated(row) ? treated : control;
    read(data, row, columns, vector);
    const y = data.y(row);
    for (let i = 0; i < size; i++) {
      const own = vector[i] ?? 0;
      xy[i] = (xy[i] ?? 0) + y * own;
      for (let k = 0; k <= i; k++) gram[i * size + k] = (gram[i * size + k] ?? 0) + own * (vector[k] ?? 0);
    }
  }
  return { treated, control };
}

/** The regression of an arm on the columns at some places of its sums. */
interface Fit {
  readonly coefficients: Float64Array;
  /** The rows of the inverse of XᵀX. */
  readonly inverse: readonly Float64Array[];
}

function fitOf({ gram, xy }: Sums, size: number, places: readonly number[]): Fit {
  const solve = solverOf(part(gram, size, places), places.length);
  return {
    coefficients: solve(Float64Array.from(places, (place) => xy[place] ?? 0)),
    inverse: places.map((_, i) => solve(Float64Array.from(places, (__, k) => (k === i ? 1 : 0)))),
  };
}

/** The HC2 variance of the difference of both arms where all covariates have their common mean. */
function varianceAtMean(data: Sample, columns: readonly Column[], fits: Arms<Fit>): number {
  const vector = new Float64Array(columns.length + 1);
  let [treated, control] = [0, 0];
  for (let row = 0; row < data.rows; row++) {
    const isTreated = data.isTreated(row);
    const { coefficients, inverse } = isTreated ? fits.treated : fits.control;
    read(data, row, columns, vector);
    const residual = data.y(row) - dot(coefficients, vector);
    let leverage = 0;
    // How much the row weighs in the intercept, by the first row of the inverse.
    let weight = 0;
    for (let i = 0; i < vector.length; i++) {
      const product = dot(inverse[i] ?? vector, vector);
      if (i === 0) weight = product;
      leverage += (vector[i] ?? 0) * product;
    }
    const variance = (weight * residual) ** 2 / Math.max(1e-12, 1 - leverage);
    if (isTreated) treated += variance;
    else control += variance;
  }
  return treated + control;
}

function read(data: Sample, row: number, columns: readonly Column[], into: Float64Array): void {
  into[0] = 1;
  for (let i = 0; i < columns.length; i++) {
    const { j, mean, scale } = columns[i] ?? none;
    into[i + 1] = (data.x(row, j) - mean) / scale;
  }
}
