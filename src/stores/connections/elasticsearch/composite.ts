import type { estypes } from "@elastic/elasticsearch";
import * as z from "zod";
import type { Elasticsearch } from "./connection.ts";
import { readPages } from "./pages.ts";
import type { Query } from "./search.ts";

export interface Composite {
  /** An index or a pattern; a missing index counts as empty. */
  readonly index: string;
  readonly query: Query;
  /** In the order of the index, so that the server stops reading when a page is full. */
  readonly sources: Record<string, estypes.AggregationsCompositeAggregationSource>[];
  readonly aggs?: Record<string, estypes.AggregationsAggregationContainer>;
  /** The number of rows per request. */
  readonly size: number;
}

/**
 * Streams the rows of a composite aggregation, each parsed by `row`; the next page is fetched while one is read. Throws
 * StoreUnavailable.
 */
export function compositePages<Row>(
  elasticsearch: Elasticsearch,
  purpose: string,
  { index, query, sources, aggs, size }: Composite,
  row: z.ZodType<Row>,
): AsyncGenerator<readonly Row[]> {
  const responseSchema = z.object({
    aggregations: z.object({ rows: z.object({ after_key: keySchema.optional(), buckets: z.array(row) }) }).optional(),
  });
  const page = (after: Key | undefined) =>
    elasticsearch.runPatiently(purpose, async (client) => {
      const response = await client.search({
        index,
        // An index deleted in the meantime is empty.
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
      const { buckets, after_key } = responseSchema.parse(response).aggregations?.rows ?? { buckets: [] };
      return { items: buckets, next: buckets.length < size ? undefined : after_key };
    });
  return readPages(page);
}

const keySchema = z.record(z.string(), z.union([z.string(), z.number()]));
type Key = z.infer<typeof keySchema>;
