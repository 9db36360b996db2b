import type { DuckDBDataChunk } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";

/**
 * Sets a column of type LIST(DOUBLE) of a new chunk, one list for each of its rows, by copying all numbers at once: the chunk itself sets each by a
 * call, which for features takes as long as DuckDB takes to store them.
 */
export function setDoubles(chunk: DuckDBDataChunk, column: number, lists: readonly ArrayLike<number>[]): void {
  const entries = new BigUint64Array(lists.length * 2);
  let count = 0;
  lists.forEach(({ length }, row) => {
    entries[row * 2] = BigInt(count);
    entries[row * 2 + 1] = BigInt(length);
    count += length;
  });
  const numbers = new Float64Array(count);
  let at = 0;
  for (const list of lists) {
    numbers.set(list, at);
    at += list.length;
  }
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
  duckdb.list_vector_reserve(vector, count);
  duckdb.list_vector_set_size(vector, count);
  // Not before: to reserve may move it.
  const child = duckdb.list_vector_get_child(vector);
  if (count > 0) duckdb.copy_data_to_vector(child, 0, numbers.buffer, 0, numbers.byteLength);
  if (lists.length > 0) duckdb.copy_data_to_vector(vector, 0, entries.buffer, 0, entries.byteLength);
}
