import type { estypes } from "@elastic/elasticsearch";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { makeIndex } from "../../connections/elasticsearch/make-index.ts";
import { installTemplate } from "../../connections/elasticsearch/template.ts";

/** Without the prefix; contacts are divided by the UTC month of their time. */
export const contactIndices = { contacts: "contacts", optOuts: "opt-outs" } as const;

/** Makes the index of opt-outs, and installs the template of contacts. */
export async function makeContactIndices(elasticsearch: Elasticsearch): Promise<void> {
  await makeIndex(elasticsearch, {
    name: contactIndices.optOuts,
    patterns: [contactIndices.optOuts],
    version: 1,
    settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
    mappings: { dynamic: "strict", properties: { "@timestamp": { type: "date" }, user } },
  });
  await installTemplate(elasticsearch, {
    name: contactIndices.contacts,
    patterns: [`${contactIndices.contacts}-*`],
    version: 1,
    settings: { number_of_shards: 1, auto_expand_replicas: "0-1", codec: "best_compression", refresh_interval: "30s" },
    mappings: {
      dynamic: "strict",
      properties: {
        "@timestamp": { type: "date" },
        user,
        lapse: { properties: { bucket: { type: "short" }, campaign: keyword, channel: keyword } },
      },
    },
  });
}

const keyword: estypes.MappingProperty = { type: "keyword" };
const user: estypes.MappingProperty = { properties: { id: keyword } };
