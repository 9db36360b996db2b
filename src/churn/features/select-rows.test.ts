import { expect, it } from "vitest";
import { selectColumn, selectRows } from "./select-rows.ts";

const data = {
  names: ["a", "b"],
  rows: 3,
  x: Float64Array.of(1, 2, 3, 4, 5, 6),
  y: Uint8Array.of(0, 1, 0),
  users: ["ann", "ben", "cy"],
  snapshots: Int32Array.of(10, 20, 30),
};

it("keeps rows in order, with all that belongs to them", () => {
  expect(selectRows(data, (row) => row !== 1)).toEqual({
    names: ["a", "b"],
    rows: 2,
    x: Float64Array.of(1, 2, 5, 6),
    y: Uint8Array.of(0, 0),
    users: ["ann", "cy"],
    snapshots: Int32Array.of(10, 30),
  });
});

it("copies nothing where all rows are kept", () => {
  expect(selectRows(data, () => true)).toBe(data);
});

it("keeps one column of rows", () => {
  expect(selectColumn(data, "b", (row) => row !== 1)).toEqual({
    names: ["b"],
    rows: 2,
    x: Float64Array.of(2, 6),
    y: Uint8Array.of(0, 0),
    users: ["ann", "cy"],
    snapshots: Int32Array.of(10, 30),
  });
});
