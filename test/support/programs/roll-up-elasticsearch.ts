import * as z from "zod";
import { ElasticsearchActionStore } from "#stores/actions/elasticsearch/action-store.ts";
import { testConnection } from "../elasticsearch-connection.ts";

// Started by elasticsearch-crash.server-test.ts: rolls up once, and prints what it tells.

const [url, prefix] = z.tuple([z.string(), z.string()]).parse(process.argv.slice(2));
const elasticsearch = testConnection({ url, prefix });
const store = new ElasticsearchActionStore(elasticsearch, { now: Date.now });
process.stdout.write(`${JSON.stringify(await store.rollUp())}\n`);
await elasticsearch.close();
