import { orderOf } from "../order-of.ts";

/** Labels and probabilities by falling probability: what every measure of ranking walks along. */
export interface Ranking {
  /** The row of the input that stands at each position. */
  readonly rows: Uint32Array;
  /** 1 for churned, 0 for stayed. */
  readonly y: Uint8Array;
  readonly p: Float64Array;
}

/** Sorts once, so that resamples need only count rows. Equal probabilities keep the order of the input. */
export function ranking(y: ArrayLike<number>, p: ArrayLike<number>): Ranking {
  const probabilities = Float64Array.from(p);
  // 0 - 0 is 0 and not -0, which would be another number here.
  const rows = orderOf(probabilities.map((probability) => 0 - probability));
  return {
    rows,
    y: Uint8Array.from(rows, (row) => y[row] ?? 0),
    p: Float64Array.from(rows, (row) => probabilities[row] ?? 0),
  };
}
