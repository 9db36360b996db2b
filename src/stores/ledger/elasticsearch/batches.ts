import * as z from "zod";
import { compareBytes } from "../../connections/elasticsearch/byte-order.ts";
import { compositePages } from "../../connections/elasticsearch/composite.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { extremeOf, refresh } from "../../connections/elasticsearch/search.ts";
import { roleSchema } from "../entry-schema.ts";
import type { LedgerBatch, SnapshotRange } from "../ledger.ts";
import { inRange } from "./entries.ts";
import { ledgerIndices } from "./indices.ts";

/** What each version scored at each snapshot, counted on the server; as Ledger.batches. */
export async function readBatches(elasticsearch: Elasticsearch, range: SnapshotRange): Promise<LedgerBatch[]> {
  const batches = new Map<string, { -readonly [Field in keyof LedgerBatch]: LedgerBatch[Field] }>();
  for await (const rows of counts(elasticsearch, "entries", range, entryRow)) {
    for (const { key, doc_count } of rows) {
      const name = nameOf(key);
      const batch = batches.get(name) ?? {
        snapshot: key.day,
        modelVersion: key.version,
        entries: { champion: 0, challenger: 0 },
        outcomes: 0,
      };
      batches.set(name, { ...batch, entries: { ...batch.entries, [key.role]: doc_count } });
    }
  }
  for await (const rows of counts(elasticsearch, "outcomes", range, outcomeRow)) {
    for (const { key, doc_count } of rows) {
      const batch = batches.get(nameOf(key));
      if (batch !== undefined) batch.outcomes = doc_count;
    }
  }
  return [...batches.values()].sort((a, b) => a.snapshot - b.snapshot || compareBytes(a.modelVersion, b.modelVersion));
}

/** As Ledger.firstSnapshot. */
export async function readFirstSnapshot(elasticsearch: Elasticsearch): Promise<number | undefined> {
  const index = patternOf(elasticsearch, ledgerIndices.entries);
  return z
    .int()
    .optional()
    .parse(await extremeOf(elasticsearch, purpose, index, "min", "lapse.day"));
}

async function* counts<Row>(
  elasticsearch: Elasticsearch,
  kind: keyof typeof ledgerIndices,
  range: SnapshotRange,
  row: z.ZodType<Row>,
): AsyncGenerator<readonly Row[]> {
  const index = patternOf(elasticsearch, ledgerIndices[kind]);
  await refresh(elasticsearch, purpose, index);
  const sources = [
    { day: { terms: { field: "lapse.day" } } },
    { version: { terms: { field: "lapse.model_version" } } },
    ...(kind === "entries" ? [{ role: { terms: { field: "lapse.role" } } }] : []),
  ];
  yield* compositePages(elasticsearch, purpose, { index, query: inRange(range), sources, size: pageSize }, row);
}

const purpose = "count the ledger";
const pageSize = 5_000;

function nameOf({ day, version }: { readonly day: number; readonly version: string }): string {
  return `${day} ${version}`;
}

const batchKey = { day: z.int(), version: z.string() };
const outcomeRow = z.object({ key: z.object(batchKey), doc_count: z.int() });
const entryRow = z.object({ key: z.object({ ...batchKey, role: roleSchema }), doc_count: z.int() });
