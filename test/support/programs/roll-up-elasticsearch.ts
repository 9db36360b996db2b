import * as z from "zod";
import { ElasticsearchActionLog } from "#stores/actions/elasticsearch/action-store.ts";
import { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";

// Started by elasticsearch-crash.server-test.ts: rolls up once, and prints what it tells.

const [url, prefix] = z.tuple([z.string(), z.string()]).parse(process.argv.slice(2));
const elasticsearch = new Elasticsearch({ url, prefix, timeoutMilliseconds: 30_000, retryMilliseconds: 10_000 });
const log = new ElasticsearchActionLog(elasticsearch, { now: Date.now });
process.stdout.write(`${JSON.stringify(await log.rollUp())}\n`);
await elasticsearch.close();
