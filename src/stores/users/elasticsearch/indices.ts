import type { estypes } from "@elastic/elasticsearch";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { makeIndex } from "../../connections/elasticsearch/make-index.ts";

/** Without the prefix. */
export const userIndex = "users";

/** Makes the index of the list of users. */
export async function makeUserIndex(elasticsearch: Elasticsearch): Promise<void> {
  await makeIndex(elasticsearch, {
    name: userIndex,
    patterns: [userIndex],
    version: 5,
    settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
    mappings: { dynamic: "strict", properties },
  });
}

const keyword: estypes.MappingProperty = { type: "keyword" };
const double: estypes.MappingProperty = { type: "double" };
const day: estypes.MappingProperty = { type: "date", format: "strict_date" };
/** Returned but not searched. */
const unindexed: estypes.MappingProperty = { type: "object", enabled: false };

const properties: Record<string, estypes.MappingProperty> = {
  user: { properties: { id: keyword } },
  lapse: {
    properties: {
      bucket: { type: "short" },
      state: keyword,
      lapsed_since: day,
      snapshot: day,
      model_version: keyword,
      probability: double,
      risk: keyword,
      risk_before: keyword,
      was_at_risk: { type: "boolean" },
      told_risk: keyword,
      told_at_risk: { type: "boolean" },
      begun_risk: keyword,
      value: double,
      value_at_risk: double,
      silence: double,
      tenure: double,
      active_days: double,
      usual_gap: double,
      typical_gap: double,
      reason_groups: keyword,
      reasons: unindexed,
      former_scores: { type: "keyword", index: false, doc_values: false },
      written: { type: "long" },
    },
  },
};
