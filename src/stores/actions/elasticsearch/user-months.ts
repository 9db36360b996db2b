import * as z from "zod";
import type { BulkOperation } from "../../connections/elasticsearch/bulk.ts";
import { compareBytes } from "../../connections/elasticsearch/byte-order.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { indexOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { type Query, type Search, search } from "../../connections/elasticsearch/search.ts";
import type { Month } from "../../month.ts";
import { sumOfValues } from "../sum-of-values.ts";

/** A stored row of the roll-up: day, action, count, sum of values. */
export type DayRow = readonly [day: number, action: string, count: number, value: number];

/** The user-days of one user in one month, which are one document; ordered by day, then by the bytes of the action. */
export interface UserMonth {
  readonly userId: string;
  readonly bucket: number;
  readonly days: readonly DayRow[];
}

/** As it was found. */
export interface StoredMonth extends Place {
  /** Undefined where they cannot be read. */
  readonly days: readonly DayRow[] | undefined;
}

type Place = Pick<UserMonth, "userId" | "bucket">;

/** Compares by bucket, then by the bytes of the user id, as the indices are sorted. */
export function compareUsers(a: Place, b: Place): number {
  return a.bucket - b.bucket || compareBytes(a.userId, b.userId);
}

/** The matching documents of one month, in the order of `compareUsers`. `mayLeaveOut` is as in a search, of those without a user. */
export async function* storedUserMonths(
  elasticsearch: Elasticsearch,
  month: Month,
  { query, pageSize, mayLeaveOut }: Pick<Search<unknown>, "pageSize" | "mayLeaveOut"> & { readonly query: Query },
): AsyncGenerator<readonly StoredMonth[]> {
  const pages = search(elasticsearch, "read user-days", {
    index: indexOf(elasticsearch, "user-days", month),
    query,
    sort: ["lapse.bucket", "user.id"],
    schema: documentSchema,
    mayLeaveOut,
    pageSize,
  });
  for await (const page of pages) {
    yield page.map(({ user, lapse }) => ({ userId: user.id, bucket: lapse.bucket, days: lapse.days }));
  }
}

/** Stores a document, unless a run with a greater number has. */
export function putUserMonth(elasticsearch: Elasticsearch, month: Month, run: number, put: UserMonth): BulkOperation {
  const { userId, bucket, days } = put;
  return {
    action: actionLine("index", elasticsearch, month, run, userId),
    document: JSON.stringify({ user: { id: userId }, lapse: { bucket, user_days: days.length, days } }),
  };
}

/** Deletes a document if it exists, and keeps runs with smaller numbers from storing it later. */
export function deleteUserMonth(
  elasticsearch: Elasticsearch,
  month: Month,
  run: number,
  userId: string,
): BulkOperation {
  return { action: actionLine("delete", elasticsearch, month, run, userId) };
}

/** Null where a sum had overflowed before values had a bound. */
const storedSum = z
  .number()
  .nullable()
  .transform((sum) => sum ?? sumOfValues(Number.NaN));

export const documentSchema = z.object({
  user: z.object({ id: z.string() }),
  lapse: z.object({
    bucket: z.int(),
    // Whose days they are is read also where these are damaged: with a month less, a user would seem to have been away.
    days: z
      .array(z.tuple([z.int(), z.string(), z.int(), storedSum]))
      .optional()
      .catch(undefined),
  }),
});

function actionLine(name: string, elasticsearch: Elasticsearch, month: Month, version: number, userId: string): string {
  const _index = indexOf(elasticsearch, "user-days", month);
  // The same run may write it twice, if the first response was lost.
  return JSON.stringify({ [name]: { _index, _id: userDocumentId(userId), version, version_type: "external_gte" } });
}
