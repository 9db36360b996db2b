/**
 * Sends single actions to ingest, on its embedded store and on Elasticsearch, and to a function of the framework that does
 * nothing, in turns; with --before also to ingest of another checkout. Prints for each number of callers what is answered
 * a second, the share of what the empty function answers, latencies, and the processor time of the server's process.
 *
 *     apt-get -y install wrk   (Debian 12)
 *     git worktree add ../before 8329afe && (cd ../before && npm ci)
 *     ELASTICSEARCH_URL=http://127.0.0.1:9200 npx tsx bench/ingest/compare.ts [--before ../before] [--rounds 3] [--seconds 3] [--callers 1,8,32]
 *
 * Servers, wrk and Elasticsearch share the machine, as they do in the goal: at least 0.6 times the empty function at 8 and 32.
 */
import { randomUUID } from "node:crypto";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { bundlesOf, type Contestant, startEmbedded, startEmpty, startOnElasticsearch } from "./contestants.ts";
import { type LoadResult, load } from "./load.ts";

const count = z.coerce.number().int().positive();
const { values } = parseArgs({
  options: {
    before: { type: "string" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
    callers: { type: "string", default: "1,8,32" },
  },
});
const { rounds, seconds, callers } = z
  .object({ rounds: count, seconds: count, callers: z.array(count) })
  .parse({ ...values, callers: values.callers.split(",") });
const elasticsearchUrl = z.url({ error: "ELASTICSEARCH_URL must name a server." }).parse(process.env.ELASTICSEARCH_URL);
const root = fileURLToPath(new URL("../..", import.meta.url));

const contestants: Contestant[] = [];
try {
  const empty = await startEmpty();
  contestants.push(empty);
  await startIngest("ingest", root);
  if (values.before !== undefined) await startIngest("before", resolve(values.before));
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores; Node ${process.versions.node}.`);
  console.log(`Single actions; median of ${rounds} rounds of ${seconds} s in turns.`);
  for (const connections of callers) await compare(connections, empty);
} finally {
  for (const contestant of contestants) await contestant.stop();
}

async function startIngest(name: string, checkout: string): Promise<void> {
  const bundles = await bundlesOf(checkout);
  contestants.push(await startEmbedded(`${name}, embedded`, bundles));
  contestants.push(await startOnElasticsearch(`${name}, Elasticsearch`, bundles, elasticsearchUrl));
}

async function compare(connections: number, empty: Contestant): Promise<void> {
  const results = new Map<Contestant, LoadResult[]>(contestants.map((one) => [one, []]));
  const measure = (one: Contestant, duration: number) =>
    load(one, { callers: connections, seconds: duration, run: randomUUID() });
  for (const one of contestants) await measure(one, 1);
  for (let round = 0; round < rounds; round++)
    for (const [one, measured] of results) measured.push(await measure(one, seconds));
  const full = median(results.get(empty) ?? [], "perSecond");
  console.log(`\n${connections} callers (load of the machine ${loadavg()[0]?.toFixed(1)})`);
  console.table(Object.fromEntries([...results].map(([{ name }, measured]) => [name, row(measured, full)])));
}

function row(measured: readonly LoadResult[], full: number) {
  const of = (key: keyof LoadResult) => median(measured, key);
  return {
    "actions/s": of("perSecond").toFixed(0),
    "of empty": (of("perSecond") / full).toFixed(2),
    "p50 ms": of("p50").toFixed(2),
    "p99 ms": of("p99").toFixed(2),
    "CPU ms each": of("cpu").toFixed(3),
  };
}

function median(results: readonly LoadResult[], key: keyof LoadResult): number {
  return quantile(
    results.map((result) => result[key]).sort((a, b) => a - b),
    0.5,
  );
}
