import { pivotsOf, solverOf } from "./cholesky.ts";
import { dot } from "./dot.ts";
import type { Estimate } from "./estimate.ts";
import { outcomeMoments, type Sample } from "./sample.ts";
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
  const sizes = { treated: outcomeMoments(data, true).size, control: outcomeMoments(data, false).size };
  const smaller = Math.min(sizes.treated, sizes.control);
  const { columns, gramOf } = independentColumns(data, Math.floor(smaller / rowsPerCoefficient) - 1);
  if (columns.length === 0) return undefined;
  // An interacted regression is one regression for each arm; the effect is their difference at the common mean.
  const treated = fitAtMean(data, true, columns, gramOf.treated);
  const control = fitAtMean(data, false, columns, gramOf.control);
  const value = treated.value - control.value;
  const error = Math.sqrt(treated.variance + control.variance);
  const freedom = data.rows - 2 * (columns.length + 1);
  const half = studentQuantile((1 + confidence) / 2, freedom) * error;
  return { value, low: value - half, high: value + half, error };
}

interface Column {
  readonly j: number;
  readonly mean: number;
  readonly scale: number;
}

interface Columns {
  readonly columns: readonly Column[];
  /** XᵀX of each arm, as of `gram`. */
  readonly gramOf: { readonly treated: Float64Array; readonly control: Float64Array };
}

/** At most `most` covariates, those of which each varies in both arms beyond what the ones before tell. */
function independentColumns(data: Sample, most: number): Columns {
  const all = Array.from({ length: data.width }, (_, j) => standardised(data, j)).filter(
    (column) => column !== undefined,
  );
  const grams = { treated: gram(data, true, all), control: gram(data, false, all) };
  const placesOf = (columns: readonly number[]) => [0, ...columns.map((place) => place + 1)];
  let chosen: number[] = [];
  for (const at of all.keys()) {
    if (chosen.length >= most) break;
    const extended = [...chosen, at];
    const places = placesOf(extended);
    const isUsable = Object.values(grams).every(
      (matrix) => (pivotsOf(part(matrix, all.length + 1, places), places.length).at(-1) ?? 0) > 1e-8,
    );
    if (isUsable) chosen = extended;
  }
  const ofChosen = (matrix: Float64Array) => part(matrix, all.length + 1, placesOf(chosen));
  return {
    columns: chosen.flatMap((at) => all[at] ?? []),
    gramOf: { treated: ofChosen(grams.treated), control: ofChosen(grams.control) },
  };
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

/** XᵀX of one arm, row-major; the intercept comes first. */
function gram(data: Sample, isTreated: boolean, columns: readonly Column[]): Float64Array {
  const size = columns.length + 1;
  const matrix = new Float64Array(size * size);
  const vector = new Float64Array(size);
  for (let row = 0; row < data.rows; row++) {
    if (data.isTreated(row) !== isTreated) continue;
    read(data, row, columns, vector);
    for (let i = 0; i < size; i++)
      for (let k = 0; k <= i; k++)
        matrix[i * size + k] = (matrix[i * size + k] ?? 0) + (vector[i] ?? 0) * (vector[k] ?? 0);
  }
  return matrix;
}

/** The regression of one arm where all covariates have their common mean, with its HC2 variance. */
function fitAtMean(
  data: Sample,
  isTreated: boolean,
  columns: readonly Column[],
  gramOfArm: Float64Array,
): { value: number; variance: number } {
  const size = columns.length + 1;
  const vector = new Float64Array(size);
  const xy = new Float64Array(size);
  for (let row = 0; row < data.rows; row++) {
    if (data.isTreated(row) !== isTreated) continue;
    read(data, row, columns, vector);
    const y = data.y(row);
    for (let i = 0; i < size; i++) xy[i] = (xy[i] ?? 0) + y * (vector[i] ?? 0);
  }
  const solve = solverOf(gramOfArm, size);
  const coefficients = solve(xy);
  const inverse = Array.from({ length: size }, (_, i) =>
    solve(Float64Array.from({ length: size }, (_, k) => (k === i ? 1 : 0))),
  );
  // How much each row weighs in the intercept, by the first row of the inverse.
  const [first = xy] = inverse;
  let variance = 0;
  for (let row = 0; row < data.rows; row++) {
    if (data.isTreated(row) !== isTreated) continue;
    read(data, row, columns, vector);
    const residual = data.y(row) - dot(coefficients, vector);
    let leverage = 0;
    for (let i = 0; i < size; i++) leverage += (vector[i] ?? 0) * dot(inverse[i] ?? xy, vector);
    variance += (dot(first, vector) * residual) ** 2 / Math.max(1e-12, 1 - leverage);
  }
  return { value: coefficients[0] ?? 0, variance };
}

function read(data: Sample, row: number, columns: readonly Column[], into: Float64Array): void {
  into[0] = 1;
  for (let i = 0; i < columns.length; i++) {
    const { j, mean, scale } = columns[i] ?? none;
    into[i + 1] = (data.x(row, j) - mean) / scale;
  }
}
