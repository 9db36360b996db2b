import type { DuckDBDataChunk, DuckDBMaterializedResult, DuckDBValue, DuckDBVector } from "@duckdb/node-api";
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
