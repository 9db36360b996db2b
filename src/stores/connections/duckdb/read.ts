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

/** All rows of a small result, each parsed by `row`. 64-bit integers are bigint. */
export async function readRows<Row>(result: DuckDBMaterializedResult, row: z.ZodType<Row>): Promise<Row[]> {
  return z.array(row).parse(await result.getRowsJS());
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
    const from = lists.getEntryOffset(row);
    return Array.from({ length: lists.getEntryLength(row) }, (_, i) => childVector.getItem(from + i));
  };
}
