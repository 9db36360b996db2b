import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { associationsOf } from "./associations.ts";

/** Columns of mean 0 and deviation 1 as a row-major matrix. */
function standardise(columns: number[][]): Float64Array {
  const scaled = columns.map((column) => {
    const mean = column.reduce((a, b) => a + b) / column.length;
    const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length);
    return column.map((value) => (deviation === 0 ? 0 : (value - mean) / deviation));
  });
  return Float64Array.from((scaled[0] ?? []).flatMap((_, row) => scaled.map((column) => column[row] ?? 0)));
}

describe("associations", () => {
  it("without controls are plain correlations, and 0 for a constant", () => {
    // Of 4 rows, y = 1 1 0 0: with 1 1 0 0 it correlates by 1, with 1 0 1 0 by 0, with 0 0 0 1 by -1/√3.
    const x = standardise([
      [1, 1, 0, 0],
      [1, 0, 1, 0],
      [0, 0, 0, 1],
      [7, 7, 7, 7],
    ]);
    const [same, none, against, constant] = associationsOf(x, Uint8Array.of(1, 1, 0, 0), 4, {
      controls: [],
      independentRows: 4,
    });
    expect(same).toBeCloseTo(1, 12);
    expect(none).toBeCloseTo(0, 12);
    expect(against).toBeCloseTo(-1 / Math.sqrt(3), 12);
    expect(constant).toBe(0);
  });

  it("tell what a column adds to the controls, even where the plain correlation has the other sign", () => {
    // Active users stay, and active users complain; of equally active ones those who complain leave.
    const random = randomFrom("complaints");
    const rows = Array.from({ length: 4_000 }, () => {
      const activity = random() + random();
      const complaints = activity + 0.5 * random();
      return { activity, complaints, churned: random() < 0.8 - 0.9 * activity + 0.5 * complaints };
    });
    const activity = rows.map((row) => row.activity);
    const x = standardise([activity, rows.map((row) => row.complaints), activity.map((value) => 3 * value)]);
    const y = Uint8Array.from(rows, ({ churned }) => (churned ? 1 : 0));
    const [, plain = 0] = associationsOf(x, y, 3, { controls: [], independentRows: 4_000 });
    const [control = 0, partial = 0, copy = 0] = associationsOf(x, y, 3, { controls: [0], independentRows: 4_000 });
    expect(plain).toBeLessThan(-0.1);
    expect(partial).toBeGreaterThan(0.05);
    expect(control).toBeLessThan(-0.1);
    // Nothing of it is left beside the control: it is told like the control.
    expect(copy).toBeCloseTo(control, 9);
    // From no more than ten users it may be chance.
    const [, uncertain = 0] = associationsOf(x, y, 3, { controls: [0], independentRows: 10 });
    expect(uncertain).toBeCloseTo(plain, 12);
  });
});
