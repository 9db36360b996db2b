import * as z from "zod";
import { ElasticsearchActionStore } from "#stores/actions/elasticsearch/action-store.ts";
import { testConnection } from "../elasticsearch-connection.ts";

// Started by crash.server-test.ts of the Elasticsearch actions: rolls up once, and prints the result.

const [url, prefix] = z.tuple([z.string(), z.string()]).parse(process.argv.slice(2));
const elasticsearch = testConnection({ url, prefix });
const store = new ElasticsearchActionStore(elasticsearch, { now: Date.now });
process.stdout.write(`${JSON.stringify(await store.rollUp())}\n`);
await elasticsearch.close();
