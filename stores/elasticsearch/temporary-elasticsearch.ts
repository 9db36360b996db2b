import { randomUUID } from "node:crypto";
import * as z from "zod";
import { Elasticsearch, type ElasticsearchOptions } from "./connection.ts";

export interface TemporaryElasticsearch {
  readonly options: ElasticsearchOptions;
  readonly elasticsearch: Elasticsearch;
  /** Deletes all indices and templates of the prefix, and closes the connection. */
  remove(): Promise<void>;
}

/** A prefix of its own for a test, on the server that ELASTICSEARCH_URL names. Nothing but tests and benchmarks imports this file. */
export function temporaryElasticsearch(): TemporaryElasticsearch {
  const { ELASTICSEARCH_URL: url } = z.object({ ELASTICSEARCH_URL: z.url() }).parse(process.env);
  const prefix = `lapse-test-${randomUUID()}`;
  const options = { url, prefix, timeoutMilliseconds: 30_000, retryMilliseconds: 20_000 };
  const elasticsearch = new Elasticsearch(options);
  return {
    options,
    elasticsearch,
    remove: async () => {
      const name = `${prefix}-*`;
      await elasticsearch.run("remove what the test made", async (client) => {
        // By name, because a server does not delete by pattern unless it is told to.
        const indices = Object.keys(await client.indices.get({ index: name, expand_wildcards: "all" }));
        if (indices.length > 0) await client.indices.delete({ index: indices });
      });
      await elasticsearch.find("remove what the test made", (client) => client.indices.deleteIndexTemplate({ name }));
      await elasticsearch.close();
    },
  };
}
