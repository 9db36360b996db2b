import * as z from "zod";
import { compositePages } from "../../connections/elasticsearch/composite.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { indexOf } from "../../connections/elasticsearch/monthly-indices.ts";
import type { Query } from "../../connections/elasticsearch/search.ts";
import type { Month } from "../../month.ts";
import { sumOfValues } from "../sum-of-values.ts";
import type { DayRow, UserMonth } from "./user-months.ts";

/**
 * Counts the matching actions of one month that are not passive by user, day and action on the server. Yields whole users in the order of
 * `compareUsers`. Sums are compensated for rounding.
 */
export async function* countUserMonths(
  elasticsearch: Elasticsearch,
  month: Month,
  query: Query,
): AsyncGenerator<readonly UserMonth[]> {
  let userId: string | undefined;
  let bucket = 0;
  let days: DayRow[] = [];
  const aggregation = {
    index: indexOf(elasticsearch, "actions", month),
    query: { bool: { filter: [query], must_not: [{ term: { "lapse.passive": true } }] } },
    sources: [
      { b: { terms: { field: "lapse.bucket" } } },
      { u: { terms: { field: "user.id" } } },
      { d: { terms: { field: "lapse.day" } } },
      { a: { terms: { field: "event.action" } } },
    ],
    aggs: { v: { sum: { field: "lapse.value" } } },
    size: countPageSize,
  };
  for await (const rows of compositePages(elasticsearch, purpose, aggregation, countSchema)) {
    const complete: UserMonth[] = [];
    for (const { key, doc_count, v } of rows) {
      if (key.u !== userId) {
        if (userId !== undefined) complete.push({ userId, bucket, days });
        userId = key.u;
        bucket = key.b;
        days = [];
      }
      days.push([key.d, key.a, doc_count, finiteSum(v.value)]);
    }
    yield complete;
  }
  if (userId !== undefined) yield [{ userId, bucket, days }];
}

/** The users with a matching action in one month, in the order of `compareUsers`, `usersAtATime` per page. */
export async function* usersIn(
  elasticsearch: Elasticsearch,
  month: Month,
  query: Query,
): AsyncGenerator<readonly string[]> {
  const aggregation = {
    index: indexOf(elasticsearch, "actions", month),
    query,
    sources: [{ b: { terms: { field: "lapse.bucket" } } }, { u: { terms: { field: "user.id" } } }],
    size: usersAtATime,
  };
  for await (const rows of compositePages(elasticsearch, purpose, aggregation, userSchema)) {
    yield rows.map(({ key }) => key.u);
  }
}

/** As it is stored: digits that depend on the order of addition go when it is read. */
function finiteSum(value: number | string | null): number {
  const sum = Number(value ?? Number.NaN);
  return Number.isFinite(sum) ? sum : sumOfValues(sum);
}

/** Rows per response: fewer cost more round trips, more cost the server memory (its limit is 65,536). */
const countPageSize = 10_000;
const usersAtATime = 5_000;
const purpose = "count actions";

const countSchema = z.object({
  key: z.object({ b: z.int(), u: z.string(), d: z.int(), a: z.string() }),
  doc_count: z.int(),
  // A sum that has overflowed is a string, and null on its way through JSON.
  v: z.object({ value: z.union([z.number(), z.enum(["Infinity", "-Infinity", "NaN"])]).nullable() }),
});
const userSchema = z.object({ key: z.object({ u: z.string() }) });
