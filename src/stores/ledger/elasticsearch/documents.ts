import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { startOf } from "#churn/day.ts";
import type { BulkOperation } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { documentId } from "../../connections/elasticsearch/document-id.ts";
import { indexOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { monthOf } from "../../month.ts";
import { armSchema, roleSchema, stateSchema } from "../entry-schema.ts";
import type { LedgerEntry, LedgerOutcome, RecordedEntry } from "../ledger.ts";
import { ledgerIndices } from "./indices.ts";

/** Creates the document of an entry if absent. `ingested` is ISO 8601. */
export function entryOperation(elasticsearch: Elasticsearch, entry: LedgerEntry, ingested: string): BulkOperation {
  const { role, state, probability, arm } = entry;
  return creation(elasticsearch, "entries", entry, ingested, [role], { role, state, probability, arm });
}

/** Creates the document of an outcome if absent. `ingested` is ISO 8601. */
export function outcomeOperation(
  elasticsearch: Elasticsearch,
  outcome: LedgerOutcome,
  ingested: string,
): BulkOperation {
  return creation(elasticsearch, "outcomes", outcome, ingested, [], { churned: outcome.churned });
}

type Place = Pick<LedgerEntry, "userId" | "snapshot" | "modelVersion">;

function creation(
  elasticsearch: Elasticsearch,
  kind: keyof typeof ledgerIndices,
  { userId, snapshot, modelVersion }: Place,
  ingested: string,
  identity: readonly string[],
  fields: Record<string, unknown>,
): BulkOperation {
  const _index = indexOf(elasticsearch, ledgerIndices[kind], monthOf(snapshot));
  const _id = documentId(userId, snapshot, modelVersion, ...identity);
  return {
    action: JSON.stringify({ create: { _index, _id } }),
    document: JSON.stringify({
      "@timestamp": new Date(startOf(snapshot)).toISOString(),
      event: { ingested },
      user: { id: userId },
      lapse: { day: snapshot, bucket: bucketOf(userId), model_version: modelVersion, ...fields },
    }),
  };
}

const user = z.object({ id: z.string() });
const place = { day: z.int(), model_version: z.string() };

export const entrySchema = z
  .object({
    event: z.object({ ingested: z.iso.datetime().transform(Date.parse) }),
    user,
    lapse: z.object({
      ...place,
      role: roleSchema,
      state: stateSchema,
      probability: z.number().optional(),
      arm: armSchema.optional(),
    }),
  })
  .transform(
    ({ event, user, lapse: { day, model_version, role, state, probability, arm } }): RecordedEntry => ({
      userId: user.id,
      snapshot: day,
      modelVersion: model_version,
      role,
      state,
      probability,
      arm,
      recordedAt: event.ingested,
    }),
  );

export const outcomeSchema = z.object({ user, lapse: z.object({ ...place, churned: z.boolean() }) }).transform(
  ({ user, lapse: { day, model_version, churned } }): LedgerOutcome => ({
    userId: user.id,
    snapshot: day,
    modelVersion: model_version,
    churned,
  }),
);
