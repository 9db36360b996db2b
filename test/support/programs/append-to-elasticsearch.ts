import * as z from "zod";
import { ElasticsearchActionStore } from "#stores/actions/elasticsearch/action-store.ts";
import { testConnection } from "../elasticsearch-connection.ts";
import { appendForEver } from "./append-for-ever.ts";

// Started, and killed, by crash.server-test.ts of the actions in Elasticsearch.

const [url, prefix, first] = z.tuple([z.string(), z.string(), z.coerce.number()]).parse(process.argv.slice(2));
await appendForEver(new ElasticsearchActionStore(testConnection({ url, prefix }), { now: Date.now }), first);
