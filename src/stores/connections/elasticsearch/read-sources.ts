import * as z from "zod";
import { UnreadableRows } from "../../unreadable-rows.ts";
import type { Elasticsearch } from "./connection.ts";

/** A document as it was found. */
export interface Hit {
  readonly _index: string;
  readonly _id: string;
  readonly _source?: unknown;
}

/**
 * The parsed documents, in their order; undefined for each that the schema refuses. Those are told of together, and left to the caller
 * to leave out.
 */
export function readSources<Source>(
  elasticsearch: Elasticsearch,
  purpose: string,
  hits: readonly Hit[],
  schema: z.ZodType<Source>,
): (Source | undefined)[] {
  const unreadable = new UnreadableRows();
  const sources = readHits(hits, schema, unreadable);
  unreadable.tell(purpose, elasticsearch.options.onUnreadable);
  return sources;
}

/** The same of one part of what is read, which is told of with all of it. */
export function readHits<Source>(
  hits: readonly Hit[],
  schema: z.ZodType<Source>,
  unreadable: UnreadableRows,
  instead?: StandIn<Source>,
): (Source | undefined)[] {
  return hits.map((hit) => {
    const { _index, _id, _source } = hit;
    const read = unreadable.attempt(
      () => ({ place: _index, key: _id, userId: ofUser.safeParse(_source).data?.user.id }),
      () => schema.parse(_source),
    );
    return read ?? instead?.(hit);
  });
}

/** What counts for a document that the schema refuses; undefined if nothing does. */
export type StandIn<Source> = (hit: Hit) => Source | undefined;

const ofUser = z.object({ user: z.object({ id: z.string() }) });
