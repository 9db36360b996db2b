import type { estypes } from "@elastic/elasticsearch";
import * as z from "zod";
import type { Elasticsearch } from "./connection.ts";

export interface Search<Source> {
  /** An index, or a pattern; indices that are not there count as empty. */
  readonly index: string;
  readonly query?: estypes.QueryDslQueryContainer;
  /** Must be an order in which no two documents are equal, or end in one. */
  readonly sort: estypes.SortCombinations[];
  /** The fields of a document that are wanted. */
  readonly fields: string[];
  /** What a document holds. */
  readonly schema: z.ZodType<Source>;
  /** Documents in one request. */
  readonly pageSize: number;
}

/**
 * Streams every document that matches, in order, all of one state of the index however long the reader takes. A page
 * is fetched while the one before it is read, so two are in memory at most. Call `refresh` before it where documents that
 * were just written have to be seen. Throws StoreUnavailable.
 */
export async function* search<Source>(
  elasticsearch: Elasticsearch,
  purpose: string,
  { index, query, sort, fields, schema, pageSize }: Search<Source>,
): AsyncGenerator<readonly Source[]> {
  const { id } = await elasticsearch.run(purpose, (client) =>
    client.openPointInTime({ index, keep_alive: keepAlive, ignore_unavailable: true }),
  );
  let pit = id;
  const pageSchema = z.object({
    pit_id: z.string().optional(),
    hits: z.object({ hits: z.array(z.object({ _source: schema, sort: z.array(sortValue) })) }),
  });
  const page = (after: SortValues | undefined) =>
    elasticsearch.run(purpose, async (client) => {
      const answer = await client.search({
        pit: { id: pit, keep_alive: keepAlive },
        size: pageSize,
        sort,
        _source: fields,
        track_total_hits: false,
        ...(query === undefined ? {} : { query }),
        ...(after === undefined ? {} : { search_after: after }),
      });
      const { pit_id, hits } = pageSchema.parse(answer);
      pit = pit_id ?? pit;
      return hits.hits;
    });
  try {
    let hits = await page(undefined);
    while (hits.length > 0) {
      const last = hits.at(-1)?.sort;
      const next = hits.length < pageSize ? Promise.resolve([]) : page(last);
      // A failure is thrown where `next` is awaited, even if the reader leaves before.
      next.catch(() => undefined);
      yield hits.map((hit) => hit._source);
      hits = await next;
    }
  } finally {
    await elasticsearch.run(purpose, (client) => client.closePointInTime({ id: pit })).catch(() => undefined);
  }
}

/** Makes everything written so far visible to searches. */
export async function refresh(elasticsearch: Elasticsearch, purpose: string, index: string): Promise<void> {
  await elasticsearch.run(purpose, (client) => client.indices.refresh({ index, ignore_unavailable: true }));
}

/** How long the server keeps the state between two pages: for what the reader does with one page. */
const keepAlive = "10m";

const sortValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
type SortValues = z.infer<typeof sortValue>[];
