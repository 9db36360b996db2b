import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { describeUserList } from "../user-list.contract.ts";
import { ElasticsearchUserList } from "./user-list.ts";

describeUserList("ElasticsearchUserList", async () => {
  const elasticsearch = testConnection();
  return {
    list: new ElasticsearchUserList(elasticsearch),
    reopen: async () => new ElasticsearchUserList(elasticsearch),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});
