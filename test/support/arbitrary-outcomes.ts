import fc from "fast-check";

interface Row {
  readonly y: number;
  readonly p: number;
}

/** For property tests: rows with both outcomes, and probabilities on a grid of 64ths, so that ties are common. */
export const outcomes = fc
  .array(fc.record({ y: fc.integer({ min: 0, max: 1 }), p: fc.integer({ min: 0, max: 64 }).map((k) => k / 64) }), {
    minLength: 2,
    maxLength: 60,
  })
  .filter((rows) => new Set(rows.map((row) => row.y)).size === 2);

/** The same with another order of its rows. */
export const outcomesAndShuffled = outcomes.chain((rows) =>
  fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
);

export function labelsOf(rows: readonly Row[]): number[] {
  return rows.map((row) => row.y);
}

export function probabilitiesOf(rows: readonly Row[]): number[] {
  return rows.map((row) => row.p);
}
