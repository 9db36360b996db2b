import { removePrefix } from "../elasticsearch/remove-prefix.ts";
import { testConnection } from "../elasticsearch/test-connection.ts";
import { describeActionLog } from "./action-log.contract.ts";
import { ElasticsearchActionLog } from "./elasticsearch-action-log.ts";

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
