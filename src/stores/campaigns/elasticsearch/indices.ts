import type { estypes } from "@elastic/elasticsearch";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { makeIndex } from "../../connections/elasticsearch/make-index.ts";
import { installTemplate } from "../../connections/elasticsearch/template.ts";

/** Without the prefix; assignments are divided by the UTC month in which the campaign's last window closes. */
export const campaignIndices = { campaigns: "campaigns", assignments: "assignments" } as const;

/** Makes the index of the campaigns, and installs the template of assignments. */
export async function makeCampaignIndices(elasticsearch: Elasticsearch): Promise<void> {
  await makeIndex(elasticsearch, {
    name: campaignIndices.campaigns,
    patterns: [campaignIndices.campaigns],
    version: 1,
    settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
    mappings: {
      dynamic: "strict",
      properties: {
        "@timestamp": { type: "date" },
        lapse: { properties: { campaign: keyword, document: unindexed } },
      },
    },
  });
  await installTemplate(elasticsearch, {
    name: campaignIndices.assignments,
    patterns: [`${campaignIndices.assignments}-*`],
    version: 1,
    settings: {
      number_of_shards: 1,
      auto_expand_replicas: "0-1",
      codec: "best_compression",
      refresh_interval: "30s",
      // As assignments are read.
      sort: { field: ["lapse.bucket", "user.id"], order: ["asc", "asc"] },
    },
    mappings: {
      dynamic: "strict",
      properties: {
        "@timestamp": { type: "date" },
        user: { properties: { id: keyword } },
        lapse: {
          properties: {
            campaign: keyword,
            bucket: { type: "short" },
            arm: keyword,
            closes: { type: "date" },
            known: unindexed,
          },
        },
      },
    },
  });
}

const keyword: estypes.MappingProperty = { type: "keyword" };
/** JSON that is returned but not searched. */
const unindexed: estypes.MappingProperty = { type: "object", enabled: false };
