import type { estypes } from "@elastic/elasticsearch";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { makeIndex } from "../../connections/elasticsearch/make-index.ts";

/** The indices of the feature store, without the prefix. */
export const featureIndices = { features: "features", scores: "scores", sets: "feature-sets" } as const;

/** Installs the templates of the three indices, and creates those that are missing. */
export async function makeFeatureIndices(elasticsearch: Elasticsearch): Promise<void> {
  for (const [name, properties] of mappings) {
    await makeIndex(elasticsearch, {
      name,
      patterns: [name],
      version: 3,
      settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
      mappings: { dynamic: "strict", properties },
    });
  }
}

const user: estypes.MappingProperty = { properties: { id: { type: "keyword" } } };
const keyword: estypes.MappingProperty = { type: "keyword" };
const bucket: estypes.MappingProperty = { type: "short" };
const day: estypes.MappingProperty = { type: "date", format: "strict_date" };
/** JSON that is returned but not searched: indexing a vector would be most of the work of storing it. */
const unindexed: estypes.MappingProperty = { type: "object", enabled: false };

const mappings: [name: string, properties: Record<string, estypes.MappingProperty>][] = [
  [
    featureIndices.features,
    {
      user,
      lapse: {
        properties: {
          bucket,
          set: keyword,
          snapshot: day,
          here: { type: "boolean" },
          lapsed: unindexed,
          values: unindexed,
        },
      },
    },
  ],
  [
    featureIndices.scores,
    {
      user,
      lapse: {
        properties: {
          bucket,
          snapshot: day,
          probability: { type: "double" },
          risk: keyword,
          model_version: keyword,
          reasons: unindexed,
          run: { type: "long" },
        },
      },
    },
  ],
  [featureIndices.sets, { lapse: { properties: { sets: unindexed } } }],
];
