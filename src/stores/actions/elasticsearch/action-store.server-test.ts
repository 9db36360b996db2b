import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { describeActionStore } from "../action-store.contract.ts";
import { ElasticsearchActionStore } from "./action-store.ts";

describeActionStore("ElasticsearchActionStore", async () => {
  const now = () => Date.parse("2024-05-01T12:00:00Z");
  const elasticsearch = testConnection();
  const store = new ElasticsearchActionStore(elasticsearch, { now });
  return {
    actions: store,
    reopen: async () => {
      await store.close();
      return new ElasticsearchActionStore(elasticsearch, { now });
    },
    dispose: async () => {
      await store.close();
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});
