import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDoubleVector,
  DuckDBIntegerVector,
  type DuckDBResult,
  DuckDBVarCharVector,
  INTEGER,
  LIST,
  listValue,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import type { BucketRange } from "#churn/buckets.ts";
import { NotFound } from "#churn/failure.ts";
import { type Column, type DoublesColumn, replaceUsers } from "../../connections/duckdb/append.ts";
import { inBuckets } from "../../connections/duckdb/in-buckets.ts";
import { columnOf, listsOf, readRows } from "../../connections/duckdb/read.ts";
import { present, type UnreadableRows } from "../../unreadable-rows.ts";
import { checkRows, sound } from "../check-rows.ts";
import type { FeatureRow, NewFeatureRow, UserCounts } from "../feature-store.ts";
import { hasValues } from "./schema.ts";
import { setOf, setsAfter } from "./sets.ts";

/** Writes rows of one set. Each replaces the user's row, unless that is of a later set. */
export async function putFeatures(
  connection: DuckDBConnection,
  setId: string,
  rows: readonly NewFeatureRow[],
  unreadable: UnreadableRows,
): Promise<void> {
  const set = await setOf(connection, setId, unreadable);
  if (!set) throw new NotFound(`Could not store features: there is no feature set ${setId}`);
  checkRows(rows, set);
  const columns: (Column<NewFeatureRow> | DoublesColumn<NewFeatureRow>)[] = [
    ["bucket", UTINYINT, (row) => bucketOf(row.userId)],
    ["user_id", VARCHAR, (row) => row.userId],
    ["set_id", VARCHAR, () => setId],
    ["lapsed", LIST(INTEGER), (row) => listValue(row.lapsed)],
    ["features", LIST(DOUBLE), { doublesOf: (row) => row.values }],
  ];
  await replaceUsers(connection, "features", columns, await withoutNewer(connection, setId, rows, unreadable));
}

/** A row with the id of the set that it belongs to. */
export interface FeaturesOfSet extends FeatureRow {
  readonly setId: string;
}

/** The rows of these users, in any order. */
export async function findFeatures(
  connection: DuckDBConnection,
  userIds: readonly string[],
  unreadable: UnreadableRows,
): Promise<FeaturesOfSet[]> {
  const buckets = new Map<number, number[]>();
  userIds.forEach((userId, position) => {
    const bucket = bucketOf(userId);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), position]);
  });
  // DuckDB skips to the block of a single bucket; for several it reads the whole table, which pays only for many.
  const groups =
    buckets.size <= 8
      ? [...buckets].map(([bucket, positions]) => ({ buckets: [bucket], positions }))
      : [{ buckets: [...buckets.keys()], positions: [...userIds.keys()] }];
  const selects = groups.map(({ buckets, positions }) => {
    const users = positions.map((position) => `$${position + 1}`);
    return `SELECT ${rowColumns} FROM features WHERE bucket IN (${buckets}) AND user_id IN (${users})`;
  });
  const found: FeaturesOfSet[] = [];
  const result = await connection.run(selects.join(" UNION ALL "), [...userIds]);
  for await (const row of read(result, unreadable)) found.push(row);
  return found;
}

/** The rows of a set that have values, by user id, or those that have none, by bucket and user id. */
export async function* featuresOfSet(
  connection: DuckDBConnection,
  setId: string,
  here: boolean,
  range: BucketRange,
  unreadable: UnreadableRows,
): AsyncGenerator<FeatureRow> {
  const which = here ? hasValues : `NOT ${hasValues}`;
  const sql = `SELECT ${rowColumns} FROM features WHERE set_id = $1 AND ${which} AND ${inBuckets(range)} ORDER BY ${here ? "user_id" : "bucket, user_id"}`;
  const set = await setOf(connection, setId, unreadable);
  if (set === undefined) return;
  const check = (row: FeaturesOfSet) => sound(row, set);
  for await (const { setId: _, ...row } of read(await connection.stream(sql, [setId]), unreadable, check)) yield row;
}

/** How many rows of a set have values, and how many have none. */
export async function countUsers(connection: DuckDBConnection, setId: string): Promise<UserCounts> {
  const sql = `SELECT count(*) FILTER (${hasValues})::DOUBLE, count(*) FILTER (NOT ${hasValues})::DOUBLE
               FROM features WHERE set_id = $1`;
  const [row] = await readRows(await connection.run(sql, [setId]), z.tuple([z.int(), z.int()]));
  return { here: row?.[0] ?? 0, lapsed: row?.[1] ?? 0 };
}

const rowColumns = "user_id, set_id, lapsed, features";

/** A row that `check` refuses, by an UnreadableValue, is left out as well. */
async function* read(
  result: DuckDBResult,
  unreadable: UnreadableRows,
  check = (row: FeaturesOfSet) => row,
): AsyncGenerator<FeaturesOfSet> {
  for await (const chunk of result) {
    const users = columnOf(chunk, 0, DuckDBVarCharVector);
    const sets = columnOf(chunk, 1, DuckDBVarCharVector);
    const lapsed = listsOf(chunk, 2, DuckDBIntegerVector);
    const features = listsOf(chunk, 3, DuckDBDoubleVector);
    for (let row = 0; row < chunk.rowCount; row++) {
      const found = unreadable.attempt(
        () => ({ place: "features", userId: users.getItem(row) ?? undefined }),
        () =>
          check({
            userId: present(users.getItem(row), "user_id"),
            setId: present(sets.getItem(row), "set_id"),
            lapsed: lapsed(row),
            values: features(row).map((value) => value ?? Number.NaN),
          }),
      );
      if (found !== undefined) yield found;
    }
  }
}

/** The rows of users who have none of a later set. */
async function withoutNewer(
  connection: DuckDBConnection,
  setId: string,
  rows: readonly NewFeatureRow[],
  unreadable: UnreadableRows,
): Promise<readonly NewFeatureRow[]> {
  const newer = await setsAfter(connection, setId);
  if (newer.size === 0 || rows.length === 0) return rows;
  const there = await findFeatures(
    connection,
    rows.map(({ userId }) => userId),
    unreadable,
  );
  const kept = new Set(there.filter((row) => newer.has(row.setId)).map(({ userId }) => userId));
  return rows.filter(({ userId }) => !kept.has(userId));
}
