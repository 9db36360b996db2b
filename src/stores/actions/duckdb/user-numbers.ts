import { type DuckDBConnection, DuckDBUIntegerVector, DuckDBVarCharVector } from "@duckdb/node-api";
import { bucketOf } from "#churn/action.ts";
import { type BucketRange, boundsOf } from "#churn/buckets.ts";
import { columnOf } from "../../connections/duckdb/read.ts";
import { userIdIn, userIdsText } from "../../connections/duckdb/some-users.ts";

/**
 * User-days tell of a user by a number: the bucket in the upper 8 bits of 32, and a place in the bucket in the lower ones. The table
 * `user_numbers` has the id of each. So buckets are ranges of numbers, and user-days are sorted, written and read without a text.
 * After a first roll-up numbers are in the order of buckets and ids; users who come later take the next places of their buckets.
 */
export const placeBits = 24;

/** SQL that creates the table if it is missing. */
export const createUserNumbers =
  "CREATE TABLE IF NOT EXISTS user_numbers (number UINTEGER NOT NULL, user_id VARCHAR NOT NULL)";

/** SQL for the rows whose `number` is of a user in these buckets. */
export function inNumbers(range: BucketRange): string {
  const bounds = boundsOf(range);
  if (bounds === undefined) return "true";
  return bounds.from < bounds.before
    ? `number BETWEEN ${bounds.from * 2 ** placeBits} AND ${bounds.before * 2 ** placeBits - 1}`
    : "false";
}

/** Gives a number to each user of a table of users and their buckets who has none. */
export async function numberUsers(connection: DuckDBConnection, users: string): Promise<void> {
  // What is added to the place in the order of all new users is made by bucket, as to number each bucket by itself takes more memory.
  await connection.run(`
    CREATE OR REPLACE TEMP TABLE new_users AS FROM ${users} ANTI JOIN user_numbers USING (user_id);
    INSERT INTO user_numbers
    WITH taken AS (SELECT number >> ${placeBits} AS bucket, max(${placeSql}) + 1 AS places FROM user_numbers GROUP BY ALL),
    added AS (
      SELECT bucket, (bucket::BIGINT << ${placeBits}) + coalesce(places, 0) - sum(users) OVER (ORDER BY bucket) + users AS more
      FROM (SELECT bucket, count(*) AS users FROM new_users GROUP BY bucket) LEFT JOIN taken USING (bucket))
    SELECT more + row_number() OVER () - 1, user_id
    FROM (SELECT more, user_id FROM new_users JOIN added USING (bucket) ORDER BY bucket, user_id);
    DROP TABLE new_users`);
}

/** SQL for the place that a number has in its bucket. */
export const placeSql = `(number & ${2 ** placeBits - 1})`;

/** The bucket of the user with a number; -1 for the number -1, which is before all. */
export function bucketOfNumber(number: number): number {
  return Math.floor(number / 2 ** placeBits);
}

/** The ids of those of these users who have a number, by their numbers. */
export async function readNumbersOf(
  connection: DuckDBConnection,
  userIds: readonly string[],
): Promise<ReadonlyMap<number, string>> {
  if (userIds.length === 0) return new Map();
  const buckets = [...new Set(userIds.map(bucketOf))];
  // DuckDB knows the range of numbers in each block of rows, which spares it nothing where users are of many buckets.
  const ranges = buckets.map((bucket) => inNumbers({ fromBucket: bucket, beforeBucket: bucket + 1 }));
  const where = buckets.length <= 8 ? `(${ranges.join(" OR ")})` : "true";
  return readUserIds(connection, `${where} AND ${userIdIn("$1")}`, userIds);
}

/** The ids of the users whose rows in `user_numbers` a condition selects, by their numbers; it may have ids as $1, as `userIdIn` takes them. */
export async function readUserIds(
  connection: DuckDBConnection,
  where: string,
  listed?: readonly string[],
): Promise<ReadonlyMap<number, string>> {
  const sql = `SELECT number, user_id FROM user_numbers WHERE ${where}`;
  const result = await (listed === undefined ? connection.run(sql) : connection.run(sql, [userIdsText(listed)]));
  const userIds = new Map<number, string>();
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const numbers = columnOf(chunk, 0, DuckDBUIntegerVector);
    const ids = columnOf(chunk, 1, DuckDBVarCharVector);
    for (let row = 0; row < chunk.rowCount; row++) {
      const [number, id] = [numbers.getItem(row), ids.getItem(row)];
      if (number !== null && id !== null) userIds.set(number, id);
    }
  }
  return userIds;
}
