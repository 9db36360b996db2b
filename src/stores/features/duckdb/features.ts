import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDoubleVector,
  DuckDBListVector,
  type DuckDBResult,
  DuckDBVarCharVector,
  LIST,
  listValue,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import { bucketOf } from "#churn/action.ts";
import { NotFound } from "#churn/failure.ts";
import { type Column, replaceUsers } from "../../connections/duckdb/append.ts";
import { columnOf } from "../../connections/duckdb/read.ts";
import { checkRows } from "../check-rows.ts";
import type { FeatureRow } from "../feature-store.ts";
import { setOf, setsPutAfter } from "./sets.ts";

/** Writes rows of one set, each in place of what is there of the same user unless that is of a set that was put later. */
export async function putFeatures(
  connection: DuckDBConnection,
  setId: string,
  rows: readonly FeatureRow[],
): Promise<void> {
  const set = await setOf(connection, setId);
  if (!set) throw new NotFound(`Could not store features: there is no feature set ${setId}`);
  checkRows(rows, set);
  const columns: Column<FeatureRow>[] = [
    ["bucket", UTINYINT, (row) => bucketOf(row.userId)],
    ["user_id", VARCHAR, (row) => row.userId],
    ["set_id", VARCHAR, () => setId],
    ["features", LIST(DOUBLE), (row) => listValue(row.values)],
  ];
  await replaceUsers(connection, "features", columns, await withoutNewer(connection, setId, rows));
}

/** A row with the id of the set that it belongs to. */
export interface FeaturesOfSet extends FeatureRow {
  readonly setId: string;
}

/** The rows of the named users, in any order. */
export async function findFeatures(connection: DuckDBConnection, userIds: readonly string[]): Promise<FeaturesOfSet[]> {
  const buckets = new Map<number, number[]>();
  userIds.forEach((userId, position) => {
    const bucket = bucketOf(userId);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), position]);
  });
  // DuckDB leaps to the block of one bucket, but given several it reads the table, which is better only for many.
  const groups =
    buckets.size <= 8
      ? [...buckets].map(([bucket, positions]) => ({ buckets: [bucket], positions }))
      : [{ buckets: [...buckets.keys()], positions: [...userIds.keys()] }];
  const selects = groups.map(({ buckets, positions }) => {
    const users = positions.map((position) => `$${position + 1}`);
    return `SELECT user_id, set_id, features FROM features WHERE bucket IN (${buckets}) AND user_id IN (${users})`;
  });
  const found: FeaturesOfSet[] = [];
  for await (const row of read(await connection.run(selects.join(" UNION ALL "), [...userIds]))) found.push(row);
  return found;
}

/** All rows of a set, by user id. */
export async function* featuresOfSet(connection: DuckDBConnection, setId: string): AsyncGenerator<FeatureRow> {
  const sql = "SELECT user_id, set_id, features FROM features WHERE set_id = $1 ORDER BY user_id";
  for await (const { userId, values } of read(await connection.stream(sql, [setId]))) yield { userId, values };
}

async function* read(result: DuckDBResult): AsyncGenerator<FeaturesOfSet> {
  for await (const chunk of result) {
    const users = columnOf(chunk, 0, DuckDBVarCharVector);
    const sets = columnOf(chunk, 1, DuckDBVarCharVector);
    const lists = columnOf(chunk, 2, DuckDBListVector);
    const { childVector } = lists;
    if (!(childVector instanceof DuckDBDoubleVector)) throw new TypeError(`Features are stored as ${childVector.type}`);
    for (let row = 0; row < chunk.rowCount; row++) {
      const from = lists.getEntryOffset(row);
      const values = Array.from(
        { length: lists.getEntryLength(row) },
        (_, i) => childVector.getItem(from + i) ?? Number.NaN,
      );
      yield { userId: users.getItem(row) ?? "", setId: sets.getItem(row) ?? "", values };
    }
  }
}

/** The rows of users who have none of a set that was put after this one. */
async function withoutNewer(
  connection: DuckDBConnection,
  setId: string,
  rows: readonly FeatureRow[],
): Promise<readonly FeatureRow[]> {
  const newer = await setsPutAfter(connection, setId);
  if (newer.size === 0 || rows.length === 0) return rows;
  const there = await findFeatures(
    connection,
    rows.map(({ userId }) => userId),
  );
  const kept = new Set(there.filter((row) => newer.has(row.setId)).map(({ userId }) => userId));
  return rows.filter(({ userId }) => !kept.has(userId));
}
