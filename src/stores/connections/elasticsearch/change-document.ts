import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { StoreUnavailable } from "../../failures.ts";
import { type Elasticsearch, statusOf, unlessMissing } from "./connection.ts";

/** Where a document is. */
export interface DocumentAddress {
  readonly index: string;
  readonly id: string;
}

/** The document as `schema` reads it; undefined where there is none. Throws StoreUnavailable. */
export async function readDocument<Source>(
  elasticsearch: Elasticsearch,
  purpose: string,
  address: DocumentAddress,
  schema: z.ZodType<Source>,
): Promise<Source | undefined> {
  return (await read(elasticsearch, purpose, address, schema))?.source;
}

/**
 * Replaces a document by what `next` makes of it; makes it anew from what is there by then if another write comes first.
 * `next` is given undefined where there is no document; it returns undefined to leave all as it is. Returns what was there
 * before. Throws StoreUnavailable.
 */
export async function changeDocument<Source>(
  elasticsearch: Elasticsearch,
  purpose: string,
  address: DocumentAddress,
  schema: z.ZodType<Source>,
  next: (there: Source | undefined) => object | "delete" | undefined,
): Promise<Source | undefined> {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const there = await read(elasticsearch, purpose, address, schema);
    const document = next(there?.source);
    if (document === undefined) return there?.source;
    if (await write(elasticsearch, purpose, address, document, there?.revision)) return there?.source;
    await sleep(elasticsearch.options.random() * longestWait);
  }
  throw new StoreUnavailable(`Could not ${purpose}: others changed it ${mostAttempts} times in between.`);
}

/** Each time, one of those who write at the same moment succeeds: more of them than there ever are. */
const mostAttempts = 100;
/** Milliseconds. */
const longestWait = 50;

/** What a document must still be for a write to replace it. */
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

/** Returns whether it was written: not if another write came first. */
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
