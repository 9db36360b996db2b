import { dot } from "../statistics/dot.ts";
import { solvePositiveDefinite } from "./solve.ts";

/** A column of which the controls leave less than this share of its variance says the same as they do. */
const leastOwnShare = 0.05;
/** In standard errors: with a hundred columns, smaller ones come by chance. */
const significant = 3;
/** Pseudo-observations that keep overlapping controls apart, as a share of the rows. */
const ridge = 1e-3;

export interface AssociationOptions {
  /** Columns, by position, that explain what others only seem to. */
  readonly controls: readonly number[];
  /** How many independent rows tell as much as these. */
  readonly independentRows: number;
}

/**
 * Which way each column of a standardised matrix (row-major, y.length x width) goes with the outcome in the data,
 * whatever weight a regression gives it beside others that overlap with it, -1 … 1. It is the partial correlation given
 * the controls, where that is not there by chance; otherwise, and for the controls themselves, the plain correlation.
 * 0 for a constant column. Labels are of both classes.
 */
export function associationsOf(
  x: Float64Array,
  y: Uint8Array,
  width: number,
  { controls, independentRows }: AssociationOptions,
): number[] {
  const outcome = centred(y);
  const sums = sumsOver(x, outcome, width, controls);
  const { squares, withOutcome } = sums;
  const withControls = (j: number) => sums.withControls.subarray(j * controls.length, (j + 1) * controls.length);
  const between = gram(controls, withControls, y.length);
  const total = dot(outcome, outcome);
  const ofOutcome = Float64Array.from(controls, (control) => withOutcome[control] ?? 0);
  const explained = solvePositiveDefinite(between, ofOutcome, controls.length);
  const totalLeft = total - dot(ofOutcome, explained);

  return Array.from({ length: width }, (_, j) => {
    const square = squares[j] ?? 0;
    if (square < 1e-9 * y.length) return 0;
    const product = withOutcome[j] ?? 0;
    const plain = product / Math.sqrt(square * total);
    const common = withControls(j);
    const left = square - dot(common, solvePositiveDefinite(between, common, controls.length));
    if (controls.includes(j) || left < leastOwnShare * square) return plain;
    const partial = (product - dot(common, explained)) / Math.sqrt(left * totalLeft);
    return Math.abs(partial) > significant / Math.sqrt(independentRows) ? partial : plain;
  });
}

interface Sums {
  /** Sum over rows of each column squared, and of each column times the outcome. */
  readonly squares: Float64Array;
  readonly withOutcome: Float64Array;
  /** Of each column times each control, row-major, columns x controls. */
  readonly withControls: Float64Array;
}

/** Rows are taken this many at a time, so that the products with the controls are read and written a fourth as often. */
const blockRows = 4;

function sumsOver(x: Float64Array, outcome: Float64Array, width: number, controls: readonly number[]): Sums {
  const squares = new Float64Array(width);
  const withOutcome = new Float64Array(width);
  const withControls = new Float64Array(width * controls.length);
  // Zeros stand for what a last block lacks.
  const values = new Float64Array(blockRows * width);
  const controlled = new Float64Array(blockRows * controls.length);
  for (let from = 0; from < outcome.length; from += blockRows) {
    values.fill(0);
    values.set(x.subarray(from * width, (from + blockRows) * width));
    for (let slot = 0; slot < blockRows; slot++) {
      const label = outcome[from + slot] ?? 0;
      for (let k = 0; k < controls.length; k++)
        controlled[slot * controls.length + k] = values[slot * width + (controls[k] ?? 0)] ?? 0;
      for (let j = 0; j < width; j++) {
        const value = values[slot * width + j] ?? 0;
        squares[j] = (squares[j] ?? 0) + value * value;
        withOutcome[j] = (withOutcome[j] ?? 0) + value * label;
      }
    }
    addProducts(withControls, values, controlled, width);
  }
  return { squares, withOutcome, withControls };
}

/**
 * Adds, for each column and each control, the sum of their products over four rows: for three columns at a time, so that what is read of a
 * control serves all of them.
 */
function addProducts(sums: Float64Array, values: Float64Array, controlled: Float64Array, width: number): void {
  const count = controlled.length / blockRows;
  const [from1, from2, from3] = [count, 2 * count, 3 * count];
  for (let j = 0; j < width; j += 3) {
    // The last column stands for those that a last three lack, and is then written with the same sum again.
    const second = Math.min(j + 1, width - 1);
    const third = Math.min(j + 2, width - 1);
    const u0 = values[j] ?? 0;
    const u1 = values[width + j] ?? 0;
    const u2 = values[2 * width + j] ?? 0;
    const u3 = values[3 * width + j] ?? 0;
    const v0 = values[second] ?? 0;
    const v1 = values[width + second] ?? 0;
    const v2 = values[2 * width + second] ?? 0;
    const v3 = values[3 * width + second] ?? 0;
    const w0 = values[third] ?? 0;
    const w1 = values[width + third] ?? 0;
    const w2 = values[2 * width + third] ?? 0;
    const w3 = values[3 * width + third] ?? 0;
    const inU = j * count;
    const inV = second * count;
    const inW = third * count;
    for (let k = 0; k < count; k++) {
      const c0 = controlled[k] ?? 0;
      const c1 = controlled[from1 + k] ?? 0;
      const c2 = controlled[from2 + k] ?? 0;
      const c3 = controlled[from3 + k] ?? 0;
      const sumU = (sums[inU + k] ?? 0) + (u0 * c0 + u1 * c1 + u2 * c2 + u3 * c3);
      const sumV = (sums[inV + k] ?? 0) + (v0 * c0 + v1 * c1 + v2 * c2 + v3 * c3);
      const sumW = (sums[inW + k] ?? 0) + (w0 * c0 + w1 * c1 + w2 * c2 + w3 * c3);
      sums[inU + k] = sumU;
      sums[inV + k] = sumV;
      sums[inW + k] = sumW;
    }
  }
}

/** Products of the controls with each other, row-major. */
function gram(controls: readonly number[], withControls: (j: number) => Float64Array, rows: number): Float64Array {
  const between = new Float64Array(controls.length ** 2);
  for (const [k, control] of controls.entries()) {
    between.set(withControls(control), k * controls.length);
    between[k * controls.length + k] = (between[k * controls.length + k] ?? 0) + ridge * rows;
  }
  return between;
}

function centred(y: Uint8Array): Float64Array {
  const mean = y.reduce((sum, label) => sum + label, 0) / y.length;
  return Float64Array.from(y, (label) => label - mean);
}
