import type { Client } from "@elastic/elasticsearch";
import * as z from "zod";
import { StoreUnavailable } from "../../failures.ts";
import { type Elasticsearch, unlessMissing } from "./connection.ts";
import { readSources } from "./read-sources.ts";

/** A document asked for by its id, whether it exists or not. */
export interface FoundDocument<Source> {
  readonly _id: string;
  /** Undefined if there is no such document. */
  readonly _version?: number | undefined;
  /** Undefined if there is no such document, if it cannot be read, or if no field of it was asked for. */
  readonly _source?: Source | undefined;
}

export interface Getting<Source> {
  readonly index: string;
  readonly ids: readonly string[];
  /** Parses a document. One that it refuses is told of, and counts as absent. */
  readonly schema: z.ZodType<Source>;
  /** All by default. */
  readonly fields?: boolean | string[];
  /** Whether to ask again, for `retryMilliseconds`, while the server cannot answer, as while an index is being made. */
  readonly isPatient?: boolean;
}

/**
 * The documents of one index that have these ids, in the order of the ids, as they are at this moment: unlike a search, this
 * sees what was written just before. A missing index has none. Throws StoreUnavailable, also where one document could not be
 * read: it must not pass for one that is absent.
 */
export async function getDocuments<Source>(
  elasticsearch: Elasticsearch,
  purpose: string,
  { index, ids, schema, fields = true, isPatient = false }: Getting<Source>,
): Promise<readonly FoundDocument<Source>[]> {
  if (ids.length === 0) return [];
  const read = async (client: Client) => {
    const [id] = ids;
    const docs =
      id !== undefined && ids.length === 1
        ? [await getOne(client, index, id, fields)]
        : await getMany(client, index, ids, fields);
    const fault = docs.find(({ error }) => error !== undefined && error.type !== "index_not_found_exception")?.error;
    if (fault === undefined) return withSources(docs);
    throw new StoreUnavailable(
      `Could not ${purpose}: Elasticsearch responded with ${fault.type}: ${fault.reason ?? ""}`,
    );
  };
  const withSources = (docs: readonly Document[]) => {
    const filled = docs.filter(({ _source }) => _source !== undefined);
    const sources = new Map(
      readSources(elasticsearch, purpose, filled, schema).map((source, i) => [filled[i]?._id, source]),
    );
    return docs.map(({ _id, _version }) => ({ _id, _version, _source: sources.get(_id) }));
  };
  return isPatient ? elasticsearch.runPatiently(purpose, read) : elasticsearch.run(purpose, read);
}

/** By itself a document takes Elasticsearch a tenth less than as the only one of many: the prediction of one user waits for it. */
async function getOne(client: Client, index: string, id: string, fields: boolean | string[]): Promise<Document> {
  // Both an absent document and an absent index are told of as one of many is.
  const answer = await client.get({ index, id, _source: fields }, { ignore: [404] });
  return { ...foundSchema.parse(answer), _index: index, _id: id };
}

async function getMany(
  client: Client,
  index: string,
  ids: readonly string[],
  fields: boolean | string[],
): Promise<readonly Document[]> {
  const answer = await unlessMissing(client.mget({ index, ids: [...ids], _source: fields }));
  return answer === undefined ? [] : answerSchema.parse(answer).docs;
}

/** What is told of a document, there or not. */
const foundSchema = z.object({
  _version: z.int().optional(),
  _source: z.unknown().optional(),
  error: z.object({ type: z.string(), reason: z.string().nullish() }).optional(),
});

const documentSchema = foundSchema.extend({ _index: z.string(), _id: z.string() });
const answerSchema = z.object({ docs: z.array(documentSchema) });

type Document = z.infer<typeof documentSchema>;
