import { randomUUID } from "node:crypto";
import { Elasticsearch, type ElasticsearchOptions } from "#stores/connections/elasticsearch/connection.ts";

/** A connection to the Elasticsearch of the tests, with a prefix of its own unless one is given. */
export function testConnection(options: Partial<ElasticsearchOptions> = {}): Elasticsearch {
  return new Elasticsearch({
    url: process.env.ELASTICSEARCH_URL ?? "",
    prefix: `test-${randomUUID()}`,
    timeoutMilliseconds: 30_000,
    retryMilliseconds: 10_000,
    random: Math.random,
    ...options,
  });
}
