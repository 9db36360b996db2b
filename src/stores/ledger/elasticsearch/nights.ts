import * as z from "zod";
import { startOf } from "#churn/day.ts";
import type { JudgedNight } from "#churn/promises/by-month.ts";
import { nightSchema } from "#churn/promises/night.ts";
import type { BulkOperation } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { documentId } from "../../connections/elasticsearch/document-id.ts";
import { refresh, search } from "../../connections/elasticsearch/search.ts";
import { roleSchema } from "../entry-schema.ts";
import type { LedgerRange } from "../ledger.ts";
import { rangeQuery } from "./entries.ts";
import { nightsIndex } from "./indices.ts";

/** Creates the document of a night if absent. */
export function nightOperation(
  elasticsearch: Elasticsearch,
  { snapshot, modelVersion, role, addedAt, night }: JudgedNight,
): BulkOperation {
  const _id = documentId(snapshot, modelVersion, role);
  return {
    action: JSON.stringify({ create: { _index: elasticsearch.index(nightsIndex), _id } }),
    document: JSON.stringify({
      "@timestamp": new Date(startOf(snapshot)).toISOString(),
      lapse: { day: snapshot, model_version: modelVersion, role, added: addedAt, night },
    }),
  };
}

/** As Ledger.nights. */
export async function readNights(elasticsearch: Elasticsearch, range: LedgerRange): Promise<JudgedNight[]> {
  const purpose = "read the ledger";
  const index = elasticsearch.index(nightsIndex);
  await refresh(elasticsearch, purpose, index);
  const nights: JudgedNight[] = [];
  const pages = search(elasticsearch, purpose, {
    index,
    query: rangeQuery(range),
    sort: ["lapse.day", "lapse.model_version", "lapse.role"],
    schema: documentSchema,
    mayLeaveOut: "any",
    pageSize: 500,
  });
  for await (const page of pages) nights.push(...page);
  return nights;
}

const documentSchema = z
  .object({
    lapse: z.object({
      day: z.int(),
      model_version: z.string(),
      role: roleSchema,
      added: z.number(),
      night: nightSchema,
    }),
  })
  .transform(
    ({ lapse: { day, model_version, role, added, night } }): JudgedNight => ({
      snapshot: day,
      modelVersion: model_version,
      role,
      addedAt: added,
      night,
    }),
  );
