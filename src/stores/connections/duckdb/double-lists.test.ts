import { DOUBLE, type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, INTEGER, LIST } from "@duckdb/node-api";
import { afterEach, beforeEach, expect, it } from "vitest";
import { appendTo } from "./append.ts";
import { setDoubles } from "./double-lists.ts";

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeEach(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
});
afterEach(() => {
  connection.closeSync();
  instance.closeSync();
});

async function stored(lists: readonly ArrayLike<number>[]): Promise<unknown> {
  await connection.run("CREATE OR REPLACE TABLE lists (row INTEGER, list DOUBLE[])");
  const chunk = DuckDBDataChunk.create([INTEGER, LIST(DOUBLE)], lists.length);
  chunk.setColumnValues(0, [...lists.keys()]);
  setDoubles(chunk, 1, lists);
  await appendTo(connection, "lists", undefined, [chunk]);
  return (await connection.runAndReadAll("SELECT list FROM lists ORDER BY row")).getColumnsJS()[0];
}

it("stores lists of any lengths, from arrays and parts of typed arrays", async () => {
  const numbers = Float64Array.from([0, 1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-300]);
  const lists = [[], numbers, numbers.subarray(1, 3), [7], []];
  expect(await stored(lists)).toEqual([[], [...numbers], [1.5, -0], [7], []]);
});

it("stores lists that are all empty", async () => {
  expect(await stored([[], []])).toEqual([[], []]);
});

it("stores as many as a chunk holds, longer than it has room for at first", async () => {
  const lists = Array.from({ length: 2_048 }, (_, row) =>
    Float64Array.from({ length: 300 }, (__, i) => row * 1_000 + i),
  );
  expect(await stored(lists)).toEqual(lists.map((list) => [...list]));
});
