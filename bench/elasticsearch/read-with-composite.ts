import * as z from "zod";
import type { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";

/** Reads all user-days once from the actions, with a plain loop over a composite aggregation; answers how many. */
export async function readWithComposite(elasticsearch: Elasticsearch, size: number): Promise<number> {
  let read = 0;
  for (let after: Key | undefined; ; ) {
    const key = after;
    const answer = await elasticsearch.run("read with a composite aggregation", (client) =>
      client.search({
        index: elasticsearch.index("actions-*"),
        size: 0,
        track_total_hits: false,
        aggs: {
          days: {
            composite: {
              size,
              sources: [
                { user: { terms: { field: "user.id" } } },
                { day: { terms: { field: "lapse.day" } } },
                { action: { terms: { field: "event.action" } } },
              ],
              ...(key === undefined ? {} : { after: key }),
            },
            aggs: { value: { sum: { field: "lapse.value" } } },
          },
        },
      }),
    );
    const { buckets, after_key } = answerSchema.parse(answer).aggregations.days;
    read += buckets.length;
    after = after_key;
    if (after === undefined) return read;
  }
}

const keySchema = z.record(z.string(), z.union([z.string(), z.number()]));
type Key = z.infer<typeof keySchema>;
const answerSchema = z.object({
  aggregations: z.object({ days: z.object({ after_key: keySchema.optional(), buckets: z.array(z.unknown()) }) }),
});
