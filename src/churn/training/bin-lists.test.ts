import { expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { binListsOf, countLists } from "./bin-lists.ts";
import { rankRows } from "./ranked-rows.ts";
import { binned } from "./tree-bins.ts";
import { countRows, newHistogram } from "./tree-histogram.ts";

it("counts the same, bit for bit, as row by row: with and without a frequent bin, and for columns of one value", () => {
  const random = randomFrom("lists");
  const [rows, width] = [999, 5];
  const makes = [random, () => Math.floor(3 * random()), () => (random() < 0.9 ? 0 : random()), () => 7, random];
  const x = Float64Array.from({ length: rows * width }, (_, i) => makes[i % width]?.() ?? 0);
  const data = binned(rankRows(x, width));
  const drawn = Uint32Array.from({ length: rows }, (_, row) => row).filter(() => random() < 0.7);
  const ofDrawn = Float64Array.from(
    { length: 2 * drawn.length },
    () => Math.round(2 ** 28 * (random() - 0.5)) / 2 ** 28,
  );
  const derivatives = new Float64Array(2 * rows);
  const totals = { first: 0, second: 0 };
  for (const [i, row] of drawn.entries()) {
    derivatives.set(ofDrawn.subarray(2 * i, 2 * i + 2), 2 * row);
    totals.first += ofDrawn[2 * i] ?? 0;
    totals.second += ofDrawn[2 * i + 1] ?? 0;
  }
  const columns = [0, 1, 2, 3];
  const [byRows, byLists] = [newHistogram(columns.length), newHistogram(columns.length).fill(1)];
  countRows(byRows, data, columns, drawn, ofDrawn);
  countLists(byLists, binListsOf(data, columns), columns, derivatives, totals);
  expect(byLists).toEqual(byRows);
});
