import {
  DuckDBBooleanVector,
  type DuckDBConnection,
  DuckDBDoubleVector,
  DuckDBIntegerVector,
  type DuckDBMaterializedResult,
  DuckDBUIntegerVector,
  DuckDBVarCharVector,
  LIST,
  listValue,
  VARCHAR,
} from "@duckdb/node-api";
import * as z from "zod";
import { bucketCount, bucketOf } from "#churn/action.ts";
import { type HistoryColumns, historiesIn } from "#churn/history-columns.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { columnOf, readRows } from "../../connections/duckdb/read.ts";
import type { DayRange, HistoryRange } from "../action-store.ts";
import { sumOfValues } from "../sum-of-values.ts";

/**
 * Streams histories in the order of ActionStore.histories, those of many users at a time. Must run in a transaction of
 * its own, so that they reflect one state of the database.
 */
export async function* historyColumns(
  connection: DuckDBConnection,
  range: HistoryRange,
): AsyncGenerator<HistoryColumns> {
  const names = await actionNames(connection);
  const from = range.fromBucket ?? 0;
  const before = range.beforeBucket ?? bucketCount;
  const step = await bucketsAtATime(connection);
  const slice = (bucket: number) => {
    const buckets = `bucket >= ${bucket} AND bucket < ${Math.min(bucket + step, before)}`;
    const reading = connection.run(query(`${buckets} AND ${dayFilter(range)}`));
    // Its failure is thrown where it is awaited, which may be never.
    reading.catch(() => undefined);
    return reading;
  };
  if (from >= before) return;
  let next: Promise<DuckDBMaterializedResult> | undefined = slice(from);
  for (let bucket = from + step; next !== undefined; bucket += step) {
    const current: DuckDBMaterializedResult = await next;
    // DuckDB sorts the next slice while this one is used.
    next = bucket < before ? slice(bucket) : undefined;
    yield read(current, names);
  }
}

/** The same, one user at a time. */
export async function* histories(connection: DuckDBConnection, range: HistoryRange): AsyncGenerator<UserHistory> {
  for await (const columns of historyColumns(connection, range)) yield* historiesIn(columns);
}

/** The histories of these users; a user without one is left out. */
export async function historiesOf(
  connection: DuckDBConnection,
  userIds: readonly string[],
  range: DayRange,
): Promise<Map<string, UserHistory>> {
  const names = await actionNames(connection);
  const buckets = [...new Set(userIds.map(bucketOf))].join(", ");
  const found = new Map<string, UserHistory>();
  if (userIds.length === 0) return found;
  const result = await connection.run(
    query(`bucket IN (${buckets}) AND user_id IN (SELECT unnest($1)) AND ${dayFilter(range)}`),
    [listValue(userIds)],
    [LIST(VARCHAR)],
  );
  for (const history of historiesIn(await read(result, names))) found.set(history.userId, history);
  return found;
}

/** Rows of (whether it is the user's first row, user, day, rank of the action's name, count, value). */
function query(filter: string): string {
  return `
    SELECT user_id IS DISTINCT FROM lag(user_id) OVER (), user_id, day, rank, count, value
    FROM (
      SELECT user_id, day, rank, count, value
      FROM user_days JOIN (SELECT action, (row_number() OVER (ORDER BY name) - 1)::INTEGER AS rank FROM action_names)
      USING (action) WHERE ${filter} ORDER BY bucket, user_id, day, rank)`;
}

/** Decodes the user id only where it changes: text is by far the slowest to read. */
async function read(result: DuckDBMaterializedResult, names: readonly string[]): Promise<HistoryColumns> {
  const rows = result.rowCount;
  const userIds: string[] = [];
  const starts: number[] = [];
  const [days, actions] = [new Int32Array(rows), new Int32Array(rows)];
  const [counts, values] = [new Float64Array(rows), new Float64Array(rows)];
  let to = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    const { rowCount } = chunk;
    if (rowCount === 0) break;
    const isStart = columnOf(chunk, 0, DuckDBBooleanVector);
    const users = columnOf(chunk, 1, DuckDBVarCharVector);
    const dayNumbers = columnOf(chunk, 2, DuckDBIntegerVector);
    const ranks = columnOf(chunk, 3, DuckDBIntegerVector);
    const ownCounts = columnOf(chunk, 4, DuckDBUIntegerVector);
    const ownValues = columnOf(chunk, 5, DuckDBDoubleVector);
    for (let row = 0; row < rowCount; row++, to++) {
      if (isStart.getItem(row)) {
        userIds.push(users.getItem(row) ?? "");
        starts.push(to);
      }
      days[to] = dayNumbers.getItem(row) ?? 0;
      actions[to] = ranks.getItem(row) ?? -1;
      counts[to] = ownCounts.getItem(row) ?? 0;
      values[to] = sumOfValues(ownValues.getItem(row) ?? 0);
    }
  }
  return { userIds, starts: Uint32Array.from([...starts, to]), days, actions, counts, values, names };
}

/** Action names by rank. */
async function actionNames(connection: DuckDBConnection): Promise<string[]> {
  const result = await connection.run("SELECT name FROM action_names ORDER BY name");
  return (await readRows(result, z.tuple([z.string()]))).map(([name]) => name);
}

/** How many buckets to read at a time so that sorting fits in memory: about a quarter of a million user-days. */
async function bucketsAtATime(connection: DuckDBConnection): Promise<number> {
  const [row] = await readRows(await connection.run("SELECT count(*)::DOUBLE FROM user_days"), z.tuple([z.number()]));
  const slices = Math.ceil((row?.[0] ?? 0) / 250_000);
  return Math.max(1, Math.ceil(bucketCount / Math.max(1, slices)));
}

function dayFilter({ from, before }: DayRange): string {
  return [from === undefined ? [] : `day >= ${from}`, before === undefined ? [] : `day < ${before}`, "true"]
    .flat()
    .join(" AND ");
}
