import type * as z from "zod";
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
  const sources = hits.map(({ _index, _id, _source }) =>
    unreadable.attempt(
      () => `${_index}/${_id}`,
      () => schema.parse(_source),
    ),
  );
  unreadable.tell(purpose, elasticsearch.options.onUnreadable);
  return sources;
}
