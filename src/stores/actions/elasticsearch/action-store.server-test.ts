import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { describeActionLog } from "../action-store.contract.ts";
import { ElasticsearchActionLog } from "./action-store.ts";

describeActionLog("ElasticsearchActionLog", async () => {
  const now = () => Date.parse("2024-05-01T12:00:00Z");
  const elasticsearch = testConnection();
  const log = new ElasticsearchActionLog(elasticsearch, { now });
  return {
    log,
    reopen: async () => {
      await log.close();
      return new ElasticsearchActionLog(elasticsearch, { now });
    },
    dispose: async () => {
      await log.close();
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});
