/**
 * Fills the feature store in Elasticsearch as the functions do, and prints how long it takes to fetch features for a
 * prediction beside a bare get, or mget, of the same documents by the same client, in turns; then what all of it takes on disk.
 *
 *     ELASTICSEARCH_URL=http://127.0.0.1:9200 npx tsx bench/elasticsearch/features.ts [--users 100000] [--fetches 3000]
 */
import { parseArgs } from "node:util";
import { Client } from "@elastic/elasticsearch";
import * as z from "zod";
import type { FeatureDefinition } from "#churn/definition.ts";
import { featureExtractor } from "#churn/features/features.ts";
import { quantile } from "#churn/quantile.ts";
import { randomFrom } from "#churn/random.ts";
import type { Score } from "#churn/score.ts";
import type { UserDay } from "#churn/user-history.ts";
import type { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { userDocumentId } from "#stores/connections/elasticsearch/document-id.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { ElasticsearchFeatureStore } from "#stores/features/elasticsearch/feature-store.ts";
import type { FeatureRow, FeatureSet } from "#stores/features/feature-store.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";

const count = z.coerce.number().int().positive();
const { values: flags } = parseArgs({
  options: { users: { type: "string", default: "100000" }, fetches: { type: "string", default: "3000" } },
});
const { users, fetches } = z.object({ users: count, fetches: count }).parse(flags);
const random = randomFrom("bench/elasticsearch/features");
const snapshot = 20_000;
const actions = Array.from({ length: 12 }, (_, i) => `action-${i}`);
const definition: FeatureDefinition = { churn: { churnDays: 30, leadDays: 0, observeDays: 60 }, actions };
const extractor = featureExtractor(definition);
const set: FeatureSet = { id: "bench", snapshot, definition, populations: [definition.churn], names: extractor.names };
/** As many as the functions write at a time. */
const chunkSize = 2_000;
/** Fetches that are not counted. */
const warmUp = 300;
const sizesSchema = z.object({
  indices: z.record(z.string(), z.object({ primaries: z.object({ store: z.object({ size_in_bytes: z.int() }) }) })),
});

const elasticsearch = testConnection();
try {
  const store = new ElasticsearchFeatureStore(elasticsearch, { now: Date.now });
  console.log(`${users} users with ${extractor.names.length} features, Node ${process.versions.node}`);
  await write(store);
  await step("stream all rows", async () => {
    let seen = 0;
    for await (const _ of store.rows(set.id)) seen += 1;
    return seen;
  });
  await step("prune nobody", () => store.prune(set.id));
  await compareFetches(store, elasticsearch);
  await printSizes(elasticsearch);
} finally {
  await removePrefix(elasticsearch);
  await elasticsearch.close();
}

async function write(store: ElasticsearchFeatureStore): Promise<void> {
  await store.putSet(set);
  const chunks = Array.from({ length: Math.ceil(users / chunkSize) }, (_, chunk) =>
    Array.from({ length: Math.min(chunkSize, users - chunk * chunkSize) }, (_, i) => rowOf(chunk * chunkSize + i)),
  );
  for (const name of ["write all rows", "write all rows again"]) {
    await step(name, async () => {
      for (const chunk of chunks) await store.put(set.id, chunk);
      return users;
    });
  }
  await step("write all scores", async () => {
    for (const chunk of chunks) await store.putScores(chunk.map(scoreOf));
    return users;
  });
}

/** Milliseconds of each call, of the store and of the bare client in turns, so that whatever else runs slows down both. */
async function compareFetches(store: ElasticsearchFeatureStore, { options }: Elasticsearch): Promise<void> {
  const client = new Client({ node: options.url });
  const index = `${options.prefix}-features`;
  for (const size of [1, 100]) {
    const times: { store: number[]; client: number[] } = { store: [], client: [] };
    for (let i = 0; i < fetches + warmUp; i++) {
      const userIds = Array.from({ length: size }, () => userIdOf(Math.floor(random() * users)));
      const ids = userIds.map(userDocumentId);
      const [id = ""] = ids;
      const ours = () => timed(() => store.get(userIds));
      const bare = () => timed(() => (size === 1 ? client.get({ index, id }) : client.mget({ index, ids })));
      // The second one finds the documents in the server's caches.
      const [first, second] = i % 2 === 0 ? [ours, bare] : [bare, ours];
      const [a, b] = [await first(), await second()];
      if (i < warmUp) continue;
      times.store.push(i % 2 === 0 ? a : b);
      times.client.push(i % 2 === 0 ? b : a);
    }
    const [ours, bare] = [statistics(times.store), statistics(times.client)];
    const ratio = { p50: (ours.p50 / bare.p50).toFixed(2), p99: (ours.p99 / bare.p99).toFixed(2) };
    console.log(`\nfetch of ${size} user${size === 1 ? "" : "s"}, ${fetches} times, in milliseconds`);
    console.table({ store: shown(ours), "bare client": shown(bare), ratio });
  }
  await client.close();
}

async function timed(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}

interface Statistics {
  readonly p50: number;
  readonly p99: number;
}

function statistics(times: readonly number[]): Statistics {
  const sorted = times.toSorted((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

function shown({ p50, p99 }: Statistics) {
  return { p50: p50.toFixed(2), p99: p99.toFixed(2) };
}

async function step(name: string, work: () => Promise<number>): Promise<void> {
  const start = performance.now();
  const done = await work();
  const seconds = (performance.now() - start) / 1000;
  console.log(`  ${name.padEnd(24)}${seconds.toFixed(2).padStart(8)} s  ${done}`);
}

async function printSizes(elasticsearch: Elasticsearch): Promise<void> {
  const index = `${elasticsearch.options.prefix}-*`;
  const { indices } = await elasticsearch.run("measure the indices", async (client) => {
    // Without what was replaced and not yet merged away.
    await client.indices.forcemerge({ index, max_num_segments: 1 });
    return sizesSchema.parse(await client.indices.stats({ index, metric: "store" }));
  });
  console.log("\nsizes once merged");
  for (const [name, { primaries }] of Object.entries(indices)) {
    const megabytes = primaries.store.size_in_bytes / 1e6;
    console.log(
      `  ${name.slice(elasticsearch.options.prefix.length + 1).padEnd(16)}${megabytes.toFixed(1).padStart(8)} MB`,
    );
  }
}

function userIdOf(i: number): string {
  return `user-${i}`;
}

/** What the real extractor makes of a random history of up to half a year. */
function rowOf(i: number): FeatureRow {
  const days = new Map<string, UserDay>();
  for (let n = 1 + Math.floor(random() ** 2 * 60); n > 0; n--) {
    const day = snapshot - 1 - Math.floor(random() ** 2 * 180);
    const action = actions[Math.floor(random() ** 2 * actions.length)] ?? "";
    const value = action === "action-0" ? Math.ceil(random() * 10_000) / 100 : 0;
    days.set(`${day} ${action}`, { day, action, count: 1 + Math.floor(random() * 5), value });
  }
  const sorted = [...days.values()].sort((a, b) => a.day - b.day || (a.action < b.action ? -1 : 1));
  const history = { userId: userIdOf(i), days: sorted };
  return { userId: history.userId, lapsed: [null], values: [...extractor.extract(history, snapshot)] };
}

function scoreOf({ userId, values }: FeatureRow): Score {
  const reasons = extractor.names.slice(0, 3).map((feature, i) => ({
    feature,
    value: values[i] ?? 0,
    typical: 3.5,
    contribution: random(),
    sentence: `${feature} is ${values[i]}, where 3.5 is typical.`,
  }));
  return { userId, snapshot, probability: random(), risk: "medium", modelVersion: "20260101-0001", reasons };
}
