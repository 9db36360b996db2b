import { randomUUID } from "node:crypto";
import { Elasticsearch } from "../elasticsearch/connection.ts";
import { removePrefix } from "../elasticsearch/remove-prefix.ts";
import { describeActionLog } from "./action-log.contract.ts";
import { ElasticsearchActionLog } from "./elasticsearch-action-log.ts";

describeActionLog("ElasticsearchActionLog", async () => {
  const options = {
    url: process.env.ELASTICSEARCH_URL ?? "",
    prefix: `test-${randomUUID()}`,
    timeoutMilliseconds: 30_000,
    retryMilliseconds: 10_000,
  };
  const now = () => Date.parse("2024-05-01T12:00:00Z");
  const elasticsearch = new Elasticsearch(options);
  const log = await ElasticsearchActionLog.open(elasticsearch, { now });
  return {
    log,
    reopen: async () => {
      await log.close();
      return ElasticsearchActionLog.open(elasticsearch, { now });
    },
    dispose: async () => {
      await log.close();
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});
