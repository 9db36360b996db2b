import { bucketOf } from "#churn/action.ts";

/** A condition on `bucket` and `user_id` for at least one user; ids are the parameter of this number, of the type VARCHAR: `userIdsText`. */
export function ofUsers(userIds: readonly string[], parameter: `$${number}`): string {
  // DuckDB knows the range of buckets in each block of rows, and skips blocks that hold none of these.
  return `bucket IN (${[...new Set(userIds.map(bucketOf))].join(", ")}) AND ${userIdIn(parameter)}`;
}

/** The same for a table without buckets. */
export function userIdIn(parameter: `$${number}`): string {
  return `user_id IN (SELECT unnest(from_json(${parameter}::JSON, '["VARCHAR"]')))`;
}

/**
 * Ids as one text, which takes DuckDB 8 ms of the processor for 10,000, where a list of as many values takes 21, as each of them is handed
 * over by itself. Of one or a few it makes no difference that counts.
 */
export function userIdsText(userIds: readonly string[]): string {
  const text = JSON.stringify(userIds);
  // Half a pair of UTF-16 is no text to DuckDB: a value would have the sign that stands for it, and is stored with that.
  return halfPair.test(text) ? JSON.stringify(userIds.map((id) => Buffer.from(id).toString())) : text;
}

/** As JSON escapes it; whole pairs stand as they are. */
const halfPair = /\\ud[89a-f]/;
