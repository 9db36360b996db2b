import { ElasticsearchActionStore } from "#stores/actions/elasticsearch/action-store.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { ElasticsearchFeatureStore } from "#stores/features/elasticsearch/feature-store.ts";
import { ElasticsearchRunStore } from "#stores/runs/elasticsearch/run-store.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { describeFeatureSlices } from "./slices.contract.ts";

describeFeatureSlices("Elasticsearch", async (now) => {
  const elasticsearch = testConnection();
  return {
    actions: new ElasticsearchActionStore(elasticsearch, { now }),
    features: new ElasticsearchFeatureStore(elasticsearch, { now }),
    runs: new ElasticsearchRunStore(elasticsearch, { now }),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});
