import type { estypes } from "@elastic/elasticsearch";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { makeIndex } from "../../connections/elasticsearch/make-index.ts";
import { installTemplate } from "../../connections/elasticsearch/template.ts";

/** The kinds of indices of the ledger, divided by the UTC month of the snapshot. */
export const ledgerIndices = { entries: "ledger", outcomes: "outcomes" } as const;

/** The index of all nights: one small document for each list. */
export const nightsIndex = "nights";

/** Installs the templates of entries and outcomes, and makes the index of nights. */
export async function installLedgerTemplates(elasticsearch: Elasticsearch): Promise<void> {
  await makeIndex(elasticsearch, {
    name: nightsIndex,
    patterns: [nightsIndex],
    version: 1,
    settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
    mappings: {
      dynamic: "strict",
      properties: {
        "@timestamp": { type: "date" },
        lapse: {
          properties: {
            day: { type: "integer" },
            model_version: keyword,
            role: keyword,
            added: { type: "date", format: "epoch_millis" },
            // Returned, but not searched.
            night: { type: "object", enabled: false },
          },
        },
      },
    },
  });
  for (const [name, fields] of mappings) {
    await installTemplate(elasticsearch, {
      name,
      patterns: [`${name}-*`],
      version: 1,
      settings: {
        number_of_shards: 1,
        auto_expand_replicas: "0-1",
        codec: "best_compression",
        refresh_interval: "30s",
        // As entries are read, so that reading goes once from front to back.
        sort: { field: ["lapse.day", "lapse.bucket", "user.id"], order: ["asc", "asc", "asc"] },
      },
      mappings: {
        dynamic: "strict",
        properties: {
          "@timestamp": { type: "date" },
          event: { properties: { ingested: { type: "date" } } },
          user: { properties: { id: keyword } },
          lapse: {
            properties: { day: { type: "integer" }, bucket: { type: "short" }, model_version: keyword, ...fields },
          },
        },
      },
    });
  }
}

const keyword: estypes.MappingProperty = { type: "keyword" };

const mappings: [name: string, fields: Record<string, estypes.MappingProperty>][] = [
  [ledgerIndices.entries, { role: keyword, state: keyword, probability: { type: "double" }, arm: keyword }],
  [ledgerIndices.outcomes, { churned: { type: "boolean" } }],
];
