import * as z from "zod";
import type { Elasticsearch } from "./connection.ts";

/**
 * What time it is on the server, in milliseconds since the epoch; undefined if no index matches. `field` is a date of the index. As an
 * aggregation, because Elasticsearch's responses have no Date header, and its APIs of nodes need a right of their own.
 */
export async function serverTime(
  elasticsearch: Elasticsearch,
  purpose: string,
  { index, field }: { readonly index: string; readonly field: string },
): Promise<number | undefined> {
  const answer = await elasticsearch.runPatiently(purpose, (client) =>
    client.search({
      index,
      ignore_unavailable: true,
      size: 0,
      track_total_hits: false,
      // None: only the end of the range is wanted.
      query: { match_none: {} },
      aggs: { time: { date_range: { field, ranges: [{ to: "now" }] } } },
    }),
  );
  return timeSchema.parse(answer).aggregations?.time.buckets[0].to;
}

const timeSchema = z.object({
  aggregations: z.object({ time: z.object({ buckets: z.tuple([z.object({ to: z.number() })]) }) }).optional(),
});
