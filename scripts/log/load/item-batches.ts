import { DuckDBBigIntVector, DuckDBBooleanVector, DuckDBDoubleVector, DuckDBVarCharVector } from "@duckdb/node-api";
import { columnOf } from "#stores/connections/duckdb/read.ts";
import { batchSize, type LogBatch, type LogItem } from "../log.ts";
import type { Records } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { wireTime } from "../wire-time.ts";
import { lineSql, type StagedFile } from "./stage.ts";
import { placeOf } from "./take-account.ts";

/** The staged actions in their order, as ingest takes them over HTTP. */
export async function* itemBatches(
  records: readonly Records[],
  staged: readonly StagedFile[],
  scratch: Scratch,
): AsyncGenerator<LogBatch> {
  const result = await scratch.connection.stream(
    `SELECT a.user_id, a.action, a.time, a.value, a.event_id, a.passive, s.file::BIGINT, s.line::BIGINT
     FROM actions a JOIN (SELECT row, file, ${lineSql(staged)} AS line FROM staged) s USING (row) ORDER BY row`,
  );
  let items: LogItem[] = [];
  let places: (readonly [file: number, line: number])[] = [];
  let read = 0;
  const batch = (): LogBatch => {
    const own = places;
    const full = { items, read, place: (index: number) => place(records, own[index]) };
    items = [];
    places = [];
    return full;
  };
  for await (const chunk of result) {
    const users = columnOf(chunk, 0, DuckDBVarCharVector);
    const actions = columnOf(chunk, 1, DuckDBVarCharVector);
    const times = columnOf(chunk, 2, DuckDBDoubleVector);
    const values = columnOf(chunk, 3, DuckDBDoubleVector);
    const ids = columnOf(chunk, 4, DuckDBVarCharVector);
    const passive = columnOf(chunk, 5, DuckDBBooleanVector);
    const files = columnOf(chunk, 6, DuckDBBigIntVector);
    const lines = columnOf(chunk, 7, DuckDBBigIntVector);
    for (let row = 0; row < chunk.rowCount; row++) {
      const value = values.getItem(row);
      const id = ids.getItem(row);
      items.push({
        user_id: users.getItem(row) ?? "",
        action: actions.getItem(row) ?? "",
        timestamp: wireTime(times.getItem(row) ?? 0),
        ...(value !== null && { value }),
        ...(id !== null && { event_id: id }),
        ...(passive.getItem(row) === true && { passive: true }),
      });
      places.push([Number(files.getItem(row)), Number(lines.getItem(row))]);
      read += 1;
      if (items.length === batchSize) yield batch();
    }
  }
  if (items.length > 0) yield batch();
}

function place(records: readonly Records[], at: readonly [file: number, line: number] | undefined): string {
  const [file = 0, line = 0] = at ?? [];
  return placeOf(records[file], line, records.length > 1);
}
