import { installTemplates } from "./actions/elasticsearch-indices.ts";
import { makeDeadLetterIndex } from "./dead-letters/elasticsearch-dead-letters.ts";
import { Elasticsearch, type ElasticsearchOptions } from "./elasticsearch/connection.ts";
import { makeFeatureIndices } from "./features/elasticsearch-feature-templates.ts";

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
