/**
 * Streams all histories of a log in Elasticsearch, in a process that has done nothing else, and prints how long that
 * takes and the most memory that the process has: `tsx stream.ts PREFIX`. Started by compare.ts.
 */
import * as z from "zod";
import { ElasticsearchActionStore } from "#stores/actions/elasticsearch/action-store.ts";
import { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { secondsOf } from "./seconds-of.ts";
import { withPeakMemory } from "./with-peak-memory.ts";

const url = z.url().parse(process.env.ELASTICSEARCH_URL);
const prefix = z.string().min(1).parse(process.argv[2]);
const elasticsearch = new Elasticsearch({
  url,
  prefix,
  timeoutMilliseconds: 120_000,
  retryMilliseconds: 60_000,
  random: Math.random,
});
const store = new ElasticsearchActionStore(elasticsearch, { now: Date.now });
let users = 0;
let seconds = 0;
const peak = await withPeakMemory(async () => {
  seconds = await secondsOf(async () => {
    for await (const { days } of store.histories()) if (days.length > 0) users++;
  });
});
await elasticsearch.close();
console.log(JSON.stringify({ users, seconds, peak }));
