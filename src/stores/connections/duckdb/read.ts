import {
  type DuckDBDataChunk,
  type DuckDBDoubleVector,
  type DuckDBIntegerVector,
  DuckDBListVector,
  type DuckDBMaterializedResult,
  type DuckDBValue,
  type DuckDBVector,
} from "@duckdb/node-api";
import * as z from "zod";
import { present, type UnreadableRows } from "../../unreadable-rows.ts";

/** All rows of a small result, each parsed by `row`. 64-bit integers are bigint. */
export async function readRows<Row>(result: DuckDBMaterializedResult, row: z.ZodType<Row>): Promise<Row[]> {
  return z.array(row).parse(await result.getRowsJS());
}

/**
 * The same of what is stored, rather than counted: a row that `row` refuses is left out. Rows are named by their first `keys`
 * columns, or by the first one alone where that is a user's id.
 */
export async function readStored<Row>(
  result: DuckDBMaterializedResult,
  row: z.ZodType<Row>,
  { unreadable, table: place, keys = 1 }: { unreadable: UnreadableRows; table: string; keys?: number | "user" },
): Promise<Row[]> {
  const rows = await result.getRowsJS();
  return rows.flatMap((values) => {
    const name = () =>
      keys === "user" ? { place, userId: String(values[0]) } : { place, key: values.slice(0, keys).join("/") };
    const read = unreadable.attempt(name, () => ({ row: row.parse(values) }));
    return read === undefined ? [] : [read.row];
  });
}

/** A column of a chunk, checked to be of the vector type `kind`: the fast way to read many rows. */
export function columnOf<Vector extends DuckDBVector<DuckDBValue>>(
  chunk: DuckDBDataChunk,
  index: number,
  kind: abstract new (...args: never[]) => Vector,
): Vector {
  const vector = chunk.getColumnVector(index);
  if (vector instanceof kind) return vector;
  throw new TypeError(`Column ${index} is ${vector.type} where ${kind.name} was expected`);
}

/** The list in one row of a column of lists of numbers. */
export function listsOf(
  chunk: DuckDBDataChunk,
  index: number,
  kind: typeof DuckDBIntegerVector | typeof DuckDBDoubleVector,
): (row: number) => (number | null)[] {
  const lists = columnOf(chunk, index, DuckDBListVector);
  const { childVector } = lists;
  if (!(childVector instanceof kind)) throw new TypeError(`Column ${index} holds lists of ${childVector.type}`);
  return (row) => {
    // Where and how long an absent list is, is undefined.
    present(lists.getItemVector(row), "a list");
    const from = lists.getEntryOffset(row);
    // A loop over its final length, as calling a function for each number takes longer.
    const list = new Array<number | null>(lists.getEntryLength(row));
    for (let i = 0; i < list.length; i++) list[i] = childVector.getItem(from + i);
    return list;
  };
}
