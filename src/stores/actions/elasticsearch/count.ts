import type { estypes } from "@elastic/elasticsearch";
import * as z from "zod";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { indexOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { readPages } from "../../connections/elasticsearch/pages.ts";
import type { Query } from "../../connections/elasticsearch/search.ts";
import type { Month } from "../../month.ts";
import type { DayRow, UserMonth } from "./user-months.ts";

/**
 * Counts the matching actions of one month by user, day and action on the server. Yields whole users in the order of
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
    sources: [
      { b: { terms: { field: "lapse.bucket" } } },
      { u: { terms: { field: "user.id" } } },
      { d: { terms: { field: "lapse.day" } } },
      { a: { terms: { field: "event.action" } } },
    ],
    aggs: { v: { sum: { field: "lapse.value" } } },
    size: countPageSize,
  };
  for await (const rows of compositePages(elasticsearch, month, query, aggregation, countSchema)) {
    const complete: UserMonth[] = [];
    for (const { key, doc_count, v } of rows) {
      if (key.u !== userId) {
        if (userId !== undefined) complete.push({ userId, bucket, days });
        userId = key.u;
        bucket = key.b;
        days = [];
      }
      days.push([key.d, key.a, doc_count, v.value]);
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
    sources: [{ b: { terms: { field: "lapse.bucket" } } }, { u: { terms: { field: "user.id" } } }],
    size: usersAtATime,
  };
  for await (const rows of compositePages(elasticsearch, month, query, aggregation, userSchema)) {
    yield rows.map(({ key }) => key.u);
  }
}

/** Rows per response: fewer cost more round trips, more cost the server memory (its limit is 65,536). */
const countPageSize = 10_000;
const usersAtATime = 5_000;

interface Aggregation {
  /** In the order of the index, so that the server stops reading when a page is full. */
  readonly sources: Record<string, estypes.AggregationsCompositeAggregationSource>[];
  readonly aggs?: Record<string, estypes.AggregationsAggregationContainer>;
  readonly size: number;
}

/** The rows of a composite aggregation; the next page is fetched while one is read. */
function compositePages<Row>(
  elasticsearch: Elasticsearch,
  month: Month,
  query: Query,
  { sources, aggs, size }: Aggregation,
  row: z.ZodType<Row>,
): AsyncGenerator<readonly Row[]> {
  const answerSchema = z.object({
    aggregations: z.object({ rows: z.object({ after_key: keySchema.optional(), buckets: z.array(row) }) }).optional(),
  });
  const page = (after: Key | undefined) =>
    elasticsearch.runPatiently("count actions", async (client) => {
      const answer = await client.search({
        index: indexOf(elasticsearch, "actions", month),
        // A month dropped in the meantime has no actions.
        ignore_unavailable: true,
        // Otherwise the available part of an index would pass for all of it.
        allow_partial_search_results: false,
        track_total_hits: false,
        size: 0,
        query,
        aggs: {
          rows: { composite: { sources, size, ...(after === undefined ? {} : { after }) }, ...(aggs && { aggs }) },
        },
      });
      const { buckets, after_key } = answerSchema.parse(answer).aggregations?.rows ?? { buckets: [] };
      return { items: buckets, next: buckets.length < size ? undefined : after_key };
    });
  return readPages(page);
}

const keySchema = z.record(z.string(), z.union([z.string(), z.number()]));
type Key = z.infer<typeof keySchema>;

const countSchema = z.object({
  key: z.object({ b: z.int(), u: z.string(), d: z.int(), a: z.string() }),
  doc_count: z.int(),
  v: z.object({ value: z.number() }),
});
const userSchema = z.object({ key: z.object({ u: z.string() }) });
