import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { describeRunStore } from "../run-store.contract.ts";
import { ElasticsearchRunStore } from "./run-store.ts";

describeRunStore("ElasticsearchRunStore", async (now) => {
  const elasticsearch = testConnection();
  return {
    store: new ElasticsearchRunStore(elasticsearch, { now }),
    other: new ElasticsearchRunStore(elasticsearch, { now }),
    reopen: async () => new ElasticsearchRunStore(elasticsearch, { now }),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});
