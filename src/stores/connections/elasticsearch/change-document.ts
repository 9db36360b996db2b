import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { StoreUnavailable } from "../../failures.ts";
import { type Elasticsearch, statusOf, unlessMissing } from "./connection.ts";

/** Where a document is. */
export interface DocumentAddress {
  readonly index: string;
  readonly id: string;
}

/** The document, parsed by `schema`; undefined if absent. Throws StoreUnavailable. */
export async function readDocument<Source>(
  elasticsearch: Elasticsearch,
  purpose: string,
  address: DocumentAddress,
  schema: z.ZodType<Source>,
): Promise<Source | undefined> {
  return (await read(elasticsearch, purpose, address, schema))?.source;
}

/**
 * Replaces a document by what `next` makes of it; if another write comes first, `next` is called again with its result.
 * `next` gets undefined if the document is absent, and returns undefined to change nothing. Returns the document before
 * the change. Throws StoreUnavailable.
 */
export async function changeDocument<Source>(
  elasticsearch: Elasticsearch,
  purpose: string,
  address: DocumentAddress,
  schema: z.ZodType<Source>,
  next: (there: Source | undefined) => Change | Promise<Change>,
): Promise<Source | undefined> {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const there = await read(elasticsearch, purpose, address, schema);
    const document = await next(there?.source);
    if (document === undefined) return there?.source;
    if (await write(elasticsearch, purpose, address, document, there?.revision)) return there?.source;
    await sleep(elasticsearch.options.random() * longestWait);
  }
  throw new StoreUnavailable(`Could not ${purpose}: others changed it ${mostAttempts} times in between.`);
}

type Change = object | "delete" | undefined;

/** Of several writers at least one succeeds each time, so this allows for more of them than there ever are. */
const mostAttempts = 100;
/** Milliseconds. */
const longestWait = 50;

/** The state that a document must still be in for a write to succeed. */
interface Revision {
  readonly if_seq_no: number;
  readonly if_primary_term: number;
}

async function read<Source>(
  elasticsearch: Elasticsearch,
  purpose: string,
  address: DocumentAddress,
  schema: z.ZodType<Source>,
): Promise<{ source: Source; revision: Revision } | undefined> {
  return elasticsearch.runPatiently(purpose, async (client) => {
    const found = await unlessMissing(client.get({ ...address }));
    if (found === undefined) return undefined;
    const { _seq_no, _primary_term, _source } = foundSchema.parse(found);
    return { source: schema.parse(_source), revision: { if_seq_no: _seq_no, if_primary_term: _primary_term } };
  });
}

/** Returns false if another write came first. */
async function write(
  elasticsearch: Elasticsearch,
  purpose: string,
  address: DocumentAddress,
  document: object | "delete",
  revision: Revision | undefined,
): Promise<boolean> {
  return elasticsearch.runPatiently(purpose, async (client) => {
    try {
      if (document === "delete") await client.delete({ ...address, ...revision });
      else await client.index({ ...address, document, ...(revision ?? { op_type: "create" }) });
      return true;
    } catch (error) {
      if (statusOf(error) === 409) return false;
      throw error;
    }
  });
}

const foundSchema = z.object({ _seq_no: z.int(), _primary_term: z.int(), _source: z.unknown() });
