import { expect, it } from "vitest";
import { countsOf, matrixOf, rankRows, selectRanked, valueAt } from "./ranked-rows.ts";

// Wider than what is read at a time.
const width = 11;
const x = Float64Array.from({ length: 7 * width }, (_, i) => ((i * 29) % 17) / (1 + (i % width)) - 3);
const ranked = rankRows(x, width);
const column = (j: number, rows: readonly number[]) => rows.map((row) => x[row * width + j] ?? Number.NaN);

it("has every value of each column once, and the rows in the places of theirs", () => {
  const all = [0, 1, 2, 3, 4, 5, 6];
  expect([...ranked.rows]).toEqual(all);
  for (const [j, { values, ranks }] of ranked.columns.entries()) {
    expect([...values]).toEqual([...new Set(column(j, all))].sort((a, b) => a - b));
    expect([...ranks].map((rank) => values[rank])).toEqual(column(j, all));
  }
  expect(matrixOf(ranked, ({ values }) => values)).toEqual(x);
});

it("has the values of some of the rows, in order, by how many have each", () => {
  const some = [1, 2, 5, 6];
  const { rows, columns } = selectRanked(ranked, (row) => some.includes(row));
  expect([...rows]).toEqual(some);
  for (const [j, counts] of countsOf({ rows, columns }).entries()) {
    const ascending = Array.from(some, (_, place) => valueAt(columns[j]!.values, counts, place));
    expect(ascending).toEqual(column(j, some).sort((a, b) => a - b));
    expect(valueAt(columns[j]!.values, counts, some.length)).toBeUndefined();
  }
  const again = selectRanked({ rows, columns }, (row) => row > 3);
  expect([...again.rows]).toEqual([5, 6]);
  expect([...matrixOf(again, ({ values }) => values)]).toEqual([...x.subarray(5 * width)]);
});
