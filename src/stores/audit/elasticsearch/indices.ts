import type { estypes } from "@elastic/elasticsearch";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { installTemplate } from "../../connections/elasticsearch/template.ts";

/** The kind of indices of the audit, divided by UTC month. */
export const auditIndices = "audit";

/** Installs the template of the audit. */
export async function installAuditTemplate(elasticsearch: Elasticsearch): Promise<void> {
  await installTemplate(elasticsearch, {
    name: auditIndices,
    patterns: [`${auditIndices}-*`],
    version: 1,
    settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
    mappings: {
      dynamic: "strict",
      properties: {
        "@timestamp": { type: "date", format: "epoch_millis" },
        event: { properties: { id: keyword, action: keyword } },
        user: { properties: { name: keyword } },
        source: { properties: { address: keyword } },
        lapse: {
          properties: {
            target: keyword,
            reason: { type: "text" },
            count: { type: "integer" },
            // Of any names: what comes later has details of its own.
            details: { type: "object", enabled: false },
          },
        },
      },
    },
  });
}

const keyword: estypes.MappingProperty = { type: "keyword" };
