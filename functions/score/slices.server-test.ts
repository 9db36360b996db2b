import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { ElasticsearchFeatureStore } from "#stores/features/elasticsearch/feature-store.ts";
import { ElasticsearchLedger } from "#stores/ledger/elasticsearch/ledger.ts";
import { ElasticsearchRunStore } from "#stores/runs/elasticsearch/run-store.ts";
import { ElasticsearchUserList } from "#stores/users/elasticsearch/user-list.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { describeScoreSlices } from "./slices.contract.ts";

describeScoreSlices("Elasticsearch", async (now) => {
  const elasticsearch = testConnection();
  return {
    features: new ElasticsearchFeatureStore(elasticsearch, { now }),
    users: new ElasticsearchUserList(elasticsearch),
    ledger: new ElasticsearchLedger(elasticsearch, { now }),
    runs: new ElasticsearchRunStore(elasticsearch, { now }),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});
