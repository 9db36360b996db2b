/**
 * Stores actions of a year, and measures how long it takes to find the newest 500 of one user, and of one hour of all users,
 * by the two requests that Kibana's Discover makes for a saved search: the documents with their total, and the histogram above.
 *
 *     ELASTICSEARCH_URL=http://127.0.0.1:9200 npx tsx bench/elasticsearch/find.ts [--actions 10000000] [--searches 200] [--keep find]
 *
 * The goal is a 95th percentile of at most 1 s. With --keep the indices stay under that prefix, and are not filled again.
 */
import { randomUUID } from "node:crypto";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { randomFrom } from "#churn/random.ts";
import { ElasticsearchActionStore } from "#stores/actions/elasticsearch/action-store.ts";
import { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { countDocuments, type Query, refresh } from "#stores/connections/elasticsearch/search.ts";
import { actionsOf } from "./actions.ts";
import { ingestWithLapse } from "./ingest.ts";
import { secondsOf } from "./seconds-of.ts";

const whole = z.coerce.number().int().positive();
const { values } = parseArgs({
  options: {
    actions: { type: "string", default: "10000000" },
    searches: { type: "string", default: "200" },
    keep: { type: "string" },
  },
});
const [actions, searches] = [whole.parse(values.actions), whole.parse(values.searches)];
const users = Math.ceil(actions / 50);
const elasticsearch = new Elasticsearch({
  url: z.url({ error: "ELASTICSEARCH_URL must name a server." }).parse(process.env.ELASTICSEARCH_URL),
  prefix: values.keep ?? `bench-${randomUUID()}`,
  timeoutMilliseconds: 120_000,
  retryMilliseconds: 60_000,
  random: Math.random,
});
const index = elasticsearch.index("actions-*");
const [firstAction] = actionsOf(1, users);
const begin = firstAction?.time ?? 0;
const day = 86_400_000;

try {
  await fill();
  const random = randomFrom("bench/elasticsearch/find");
  const year = { from: begin, to: begin + 366 * day };
  // As the actions are drawn, so that those who act most are asked for most.
  const user = () => ({ term: { "user.id": `user-${Math.floor(users * random() ** 2)}` } });
  const hour = () => {
    const from = begin + Math.floor(random() * 364 * 24) * 3_600_000;
    return { from, to: from + 3_600_000 };
  };
  console.log(`Load of the machine: ${loadavg()[0]?.toFixed(1)}`);
  console.table({
    "one user, of a year": await measured(() => discover(user(), year, "7d")),
    "one user, of 30 days": await measured(() => discover(user(), { from: begin, to: begin + 30 * day }, "1d")),
    "one hour, of all": await measured(() => discover({ match_all: {} }, hour(), "1m")),
  });
} finally {
  if (values.keep === undefined) await removePrefix(elasticsearch);
  await elasticsearch.close();
}

async function fill(): Promise<void> {
  const stored = await countDocuments(elasticsearch, "count", index, { match_all: {} });
  if (stored === actions) return;
  const store = new ElasticsearchActionStore(elasticsearch, { now: Date.now });
  const seconds = await ingestWithLapse(store, actions, users);
  await refresh(elasticsearch, "refresh", index);
  console.log(
    `${actions.toLocaleString("en")} actions of ${users.toLocaleString("en")} users stored in ${seconds.toFixed(0)} s`,
  );
}

interface Span {
  /** In milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** Both requests, one after the other. */
async function discover(query: Query, { from, to }: Span, interval: string): Promise<void> {
  const iso = (time: number) => new Date(time).toISOString();
  const range = { range: { "@timestamp": { gte: iso(from), lte: iso(to), format: "strict_date_optional_time" } } };
  const matching = { index, ignore_unavailable: true, query: { bool: { filter: [query, range] } } };
  const found = await elasticsearch.run("find actions", (client) =>
    client.search({
      ...matching,
      size: 500,
      sort: [{ "@timestamp": { order: "desc", format: "strict_date_optional_time", unmapped_type: "boolean" } }],
      fields: [
        { field: "*", include_unmapped: true },
        { field: "@timestamp", format: "strict_date_optional_time" },
      ],
      _source: false,
      track_total_hits: true,
    }),
  );
  if (found._shards.failed > 0) throw new Error("Some shards failed.");
  await elasticsearch.run("count actions", (client) =>
    client.search({
      ...matching,
      size: 0,
      track_total_hits: true,
      aggs: {
        histogram: {
          date_histogram: { field: "@timestamp", fixed_interval: interval, time_zone: "UTC", min_doc_count: 1 },
        },
      },
    }),
  );
}

async function measured(search: () => Promise<void>) {
  const seconds: number[] = [];
  for (let i = 0; i < searches; i++) seconds.push(await secondsOf(search));
  seconds.sort((a, b) => a - b);
  const at = (share: number) => `${(1000 * quantile(seconds, share)).toFixed(0)} ms`;
  return { p50: at(0.5), p95: at(0.95), slowest: at(1) };
}
