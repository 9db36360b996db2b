import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { describeContactStore } from "../contact-store.contract.ts";
import { ElasticsearchContactStore } from "./contact-store.ts";

describeContactStore("ElasticsearchContactStore", async () => {
  const elasticsearch = testConnection();
  return {
    store: new ElasticsearchContactStore(elasticsearch),
    reopen: async () => new ElasticsearchContactStore(elasticsearch),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});
