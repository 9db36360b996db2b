import * as z from "zod";
import { mostNamedDocuments } from "../../unreadable-documents.ts";
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
  const refused: { readonly name: string; readonly problem: string }[] = [];
  const sources = hits.map(({ _index, _id, _source }) => {
    const parsed = schema.safeParse(_source);
    if (parsed.success) return parsed.data;
    refused.push({ name: `${_index}/${_id}`, problem: z.prettifyError(parsed.error).replaceAll(/\s+/g, " ") });
    return undefined;
  });
  const [first] = refused;
  if (first !== undefined)
    elasticsearch.options.onUnreadable?.({
      purpose,
      documents: refused.length,
      named: refused.slice(0, mostNamedDocuments).map(({ name }) => name),
      problem: first.problem,
    });
  return sources;
}
