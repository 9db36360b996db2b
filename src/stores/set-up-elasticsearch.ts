import { installTemplates } from "./actions/elasticsearch/indices.ts";
import { Elasticsearch, type ElasticsearchOptions } from "./connections/elasticsearch/connection.ts";
import { makeDeadLetterIndex } from "./dead-letters/elasticsearch/dead-letters.ts";
import { makeFeatureIndices } from "./features/elasticsearch/templates.ts";

/** Installs the index templates and makes the indices of every store. May be done again. Throws StoreUnavailable. */
export async function setUpElasticsearch(options: ElasticsearchOptions): Promise<void> {
  const elasticsearch = new Elasticsearch(options);
  try {
    await installTemplates(elasticsearch, {});
    await makeFeatureIndices(elasticsearch);
    await makeDeadLetterIndex(elasticsearch);
  } finally {
    await elasticsearch.close();
  }
}
