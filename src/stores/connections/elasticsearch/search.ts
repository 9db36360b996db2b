import type { estypes } from "@elastic/elasticsearch";
import * as z from "zod";
import { StoreUnavailable } from "../../failures.ts";
import type { LeftOutListener, UnreadableDocuments } from "../../unreadable-documents.ts";
import { UnreadableRows } from "../../unreadable-rows.ts";
import type { DocumentAddress } from "./change-document.ts";
import type { Elasticsearch } from "./connection.ts";
import { readPages } from "./pages.ts";
import { readHits, type StandIn } from "./read-sources.ts";

/** A query; the client's own type allows undefined. */
export type Query = NonNullable<estypes.QueryDslQueryContainer>;

/** Whether a time is in a range, in milliseconds since the epoch, or missing: then it may have been. */
export function inRangeIfThere(field: string, range: Readonly<Partial<Record<"gt" | "gte" | "lt", number>>>): Query {
  const bound = { format: "epoch_millis", ...range };
  return { bool: { should: [{ range: { [field]: bound } }, { bool: { must_not: [{ exists: { field } }] } }] } };
}

interface Matching {
  /** An index or a pattern; a missing index counts as empty. */
  readonly index: string;
  readonly query?: Query | undefined;
  /** Ties come in any order. */
  readonly sort: estypes.SortCombinations[];
  /** The number of documents per request. */
  readonly pageSize: number;
}

export interface Search<Source> extends Matching, LeftOutListener {
  /** The fields to read; all by default, which is faster than naming most of them. */
  readonly fields?: string[];
  /** Parses a document. One that it refuses is told of at the end, and left out, or what stands in for it is returned. */
  readonly schema: z.ZodType<Source>;
  readonly instead?: StandIn<Source> | undefined;
  /**
   * How many may be refused: `few` of all that there is, so that the rest may pass for it; `any` of what somebody asks for.
   */
  readonly mayLeaveOut: "few" | "any";
  /** Told at the end of what was left out, besides who is told of all that this connection reads. */
  readonly onUnreadable?: ((documents: UnreadableDocuments) => void) | undefined;
}

/**
 * Streams every matching document in order, all from one state of the index however slowly they are read. The next page
 * is fetched while one is read, so at most two are in memory. Call `refresh` first to find what was just written.
 * Throws StoreUnavailable, and StoreDamaged at the end if more was left out than may be.
 */
export async function* search<Source>(
  elasticsearch: Elasticsearch,
  purpose: string,
  { fields, schema, instead, mayLeaveOut, onLeftOut, onUnreadable, ...matching }: Search<Source>,
): AsyncGenerator<readonly Source[]> {
  const unreadable = new UnreadableRows();
  try {
    yield* pages(elasticsearch, purpose, matching, fields ?? true, (hits) =>
      readHits(foundDocuments.parse(hits), schema, unreadable, instead).filter((source) => source !== undefined),
    );
    if (mayLeaveOut === "few") unreadable.requireMost(purpose, { onLeftOut });
  } finally {
    unreadable.tell(purpose, elasticsearch.options.onUnreadable, onUnreadable);
  }
}

/** As `search`, for the addresses of the documents. */
export function searchAddresses(
  elasticsearch: Elasticsearch,
  purpose: string,
  matching: Matching,
): AsyncGenerator<readonly DocumentAddress[]> {
  return pages(elasticsearch, purpose, matching, false, (hits) =>
    addresses.parse(hits).map(({ _index, _id }) => ({ index: _index, id: _id })),
  );
}

/** The least or the greatest value of a numeric field, of what was written until now; undefined if there is none. Throws StoreUnavailable. */
export async function extremeOf(
  elasticsearch: Elasticsearch,
  purpose: string,
  index: string,
  which: "min" | "max",
  field: string,
): Promise<number | undefined> {
  await refresh(elasticsearch, purpose, index);
  const answer = await elasticsearch.runPatiently(purpose, (client) =>
    client.search({
      index,
      size: 0,
      track_total_hits: false,
      ignore_unavailable: true,
      // A value that cannot be read now must not pass for none.
      allow_partial_search_results: false,
      aggs: { extreme: { [which]: { field } } },
    }),
  );
  // Without the index, nothing is aggregated.
  return extremeSchema.parse(answer).aggregations?.extreme.value ?? undefined;
}

const extremeSchema = z.object({
  aggregations: z.object({ extreme: z.object({ value: z.number().nullable() }) }).optional(),
});

async function* pages<Item>(
  elasticsearch: Elasticsearch,
  purpose: string,
  { index, query, sort, pageSize }: Matching,
  source: estypes.SearchSourceConfig,
  read: (hits: unknown[]) => Item[],
): AsyncGenerator<readonly Item[]> {
  const { id } = await elasticsearch.runPatiently(purpose, (client) =>
    client.openPointInTime({ index, keep_alive: keepAlive, ignore_unavailable: true }),
  );
  let pit = id;
  const page = (after: SortValues | undefined) =>
    elasticsearch.runPatiently(purpose, async (client) => {
      const answer = await client.search({
        pit: { id: pit, keep_alive: keepAlive },
        size: pageSize,
        sort,
        _source: source,
        track_total_hits: false,
        // Otherwise the available part of an index would pass for all of it.
        allow_partial_search_results: false,
        ...(query === undefined ? {} : { query }),
        ...(after === undefined ? {} : { search_after: after }),
      });
      const { pit_id, hits } = pageSchema.parse(answer);
      pit = pit_id ?? pit;
      const last = hits.hits.at(-1);
      const end = last === undefined || hits.hits.length < pageSize;
      return { items: read(hits.hits), next: end ? undefined : hitSchema.parse(last).sort };
    });
  try {
    yield* readPages(page);
  } finally {
    await elasticsearch.run(purpose, (client) => client.closePointInTime({ id: pit })).catch(() => undefined);
  }
}

/** How many documents match; a missing index has none. Throws StoreUnavailable. */
export async function countDocuments(
  elasticsearch: Elasticsearch,
  purpose: string,
  index: string,
  query: Query,
): Promise<number> {
  return elasticsearch.runPatiently(purpose, async (client) => {
    const answer = await client.search({
      index,
      query,
      size: 0,
      track_total_hits: true,
      ignore_unavailable: true,
      allow_partial_search_results: false,
    });
    return totalSchema.parse(answer).hits.total.value;
  });
}

/** Makes everything written so far visible to searches. Throws StoreUnavailable. */
export async function refresh(elasticsearch: Elasticsearch, purpose: string, index: string): Promise<void> {
  await elasticsearch.runPatiently(purpose, async (client) => {
    const answer = await client.indices.refresh({ index, ignore_unavailable: true });
    const failed = refreshSchema.parse(answer)._shards.failed;
    if (failed > 0)
      throw new StoreUnavailable(`Could not ${purpose}: ${failed} shards of ${index} were not refreshed.`);
  });
}

/** How long the server keeps the state of the index between two pages. */
const keepAlive = "10m";

const sortValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
type SortValues = z.infer<typeof sortValue>[];

const pageSchema = z.object({ pit_id: z.string().optional(), hits: z.object({ hits: z.array(z.unknown()) }) });
const hitSchema = z.object({ sort: z.array(sortValue) });
const addresses = z.array(z.object({ _index: z.string(), _id: z.string() }));
/** Of any content. */
export const foundDocuments = z.array(
  z.object({ _index: z.string(), _id: z.string(), _source: z.unknown(), sort: z.array(sortValue).optional() }),
);
const totalSchema = z.object({ hits: z.object({ total: z.object({ value: z.int() }) }) });
const refreshSchema = z.object({ _shards: z.object({ failed: z.int() }) });
