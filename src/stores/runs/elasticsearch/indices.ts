import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { makeIndex } from "../../connections/elasticsearch/make-index.ts";

/** Without the prefix. */
export const runIndex = "runs";

/** Makes the index of the runs, with its template. */
export function makeRunIndex(elasticsearch: Elasticsearch): Promise<void> {
  return makeIndex(elasticsearch, {
    name: runIndex,
    patterns: [runIndex],
    version: 1,
    settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
    // JSON that is returned but not searched.
    mappings: {
      dynamic: "strict",
      properties: { lapse: { properties: { runs: { type: "object", enabled: false } } } },
    },
  });
}
