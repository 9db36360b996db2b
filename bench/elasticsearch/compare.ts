/**
 * Compares lapse on Elasticsearch with the least that anybody could do with the same client, in turns:
 *
 * - ingest: the function's own ingestItems, against bare bulk loops that send the same documents, made ready before;
 * - roll-up: rollUp of all of it, against reading it once with a plain composite aggregation that stores nothing;
 * - reading: streaming all histories, with the memory that it takes.
 *
 *     ELASTICSEARCH_URL=http://127.0.0.1:9200 npx tsx bench/elasticsearch/compare.ts [--actions 200000] [--users 4000] [--rounds 3] [--alone]
 *
 * The goals are ingest >= 0.8 and roll-up >= 1. `--actions 1000000,10000000 --rounds 1 --alone` shows growth: without
 * the others, of which the plain composite takes minutes for each million.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { ElasticsearchActionStore } from "#stores/actions/elasticsearch/action-store.ts";
import { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { refresh } from "#stores/connections/elasticsearch/search.ts";
import { ingestWithBareLoop, ingestWithLapse } from "./ingest.ts";
import { readWithComposite } from "./read-with-composite.ts";
import { secondsOf } from "./seconds-of.ts";
import { sizesOf } from "./sizes.ts";

const whole = z.coerce.number().int().positive();
const { values } = parseArgs({
  options: {
    actions: { type: "string", default: "200000" },
    users: { type: "string" },
    rounds: { type: "string", default: "3" },
    alone: { type: "boolean", default: false },
  },
});
const rounds = whole.parse(values.rounds);
const streamedSchema = z.object({ users: z.int().positive(), seconds: z.number(), peak: z.number() });
const ingest = "ingest function";
const rollUp = "roll-up";
const bare = (inFlight: number) => `bare bulk loop, ${inFlight} in flight`;
const composite = (size: number) => `plain composite, pages of ${size}`;
const url = z.url({ error: "ELASTICSEARCH_URL must name a server." }).parse(process.env.ELASTICSEARCH_URL);

for (const actions of z.array(whole).parse(values.actions.split(","))) {
  await measure(actions, whole.parse(values.users ?? Math.ceil(actions / 50)));
}

async function measure(actions: number, users: number): Promise<void> {
  console.log(`\n${actions.toLocaleString("en")} actions of ${users.toLocaleString("en")} users; median of ${rounds}`);
  const seconds = new Map<string, number[]>();
  const record = (name: string, measured: number) => {
    console.log(`  ${name.padEnd(34)}${measured.toFixed(2).padStart(8)} s`);
    seconds.set(name, [...(seconds.get(name) ?? []), measured]);
  };

  for (let round = 0; round < rounds; round++) {
    console.log(`round ${round + 1}`);
    for (const inFlight of values.alone ? [] : [1, 4]) {
      await withLog(async (_, elasticsearch) => {
        record(bare(inFlight), await ingestWithBareLoop(elasticsearch, actions, users, inFlight));
      });
    }
    await withLog(async (store, elasticsearch) => {
      record(ingest, await ingestWithLapse(store, actions, users));
      await refresh(elasticsearch, "refresh", elasticsearch.index("*"));
      for (const size of values.alone ? [] : [1_000, 10_000]) {
        record(composite(size), await secondsOf(() => readWithComposite(elasticsearch, size)));
      }
      record(rollUp, await secondsOf(() => store.rollUp()));
      if (!values.alone) record("roll-up again, all still recent", await secondsOf(() => store.rollUp()));
      record("extent", await secondsOf(() => store.extent()));
      const streamed = await streamAll(elasticsearch.options.prefix);
      record("stream histories", streamed.seconds);
      console.log(`  ${streamed.users} histories streamed, by a process of at most ${streamed.peak.toFixed(0)} MB`);
      if (round === rounds - 1) console.table(await sizesOf(elasticsearch, actions));
    });
  }

  const median = (name: string) =>
    quantile(
      (seconds.get(name) ?? []).toSorted((a, b) => a - b),
      0.5,
    );
  console.table(
    Object.fromEntries(
      [...seconds.keys()].map((name) => [
        name,
        { seconds: median(name).toFixed(2), "actions/s": Math.round(actions / median(name)) },
      ]),
    ),
  );
  if (values.alone) return;
  const ratio = (of: string, to: string) => (median(of) / median(to)).toFixed(2);
  console.table({
    "ingest, of a bare loop with 1 in flight": ratio(bare(1), ingest),
    "ingest, of a bare loop with 4 in flight": ratio(bare(4), ingest),
    "roll-up, of composite pages of 1000": ratio(composite(1_000), rollUp),
    "roll-up, of composite pages of 10000": ratio(composite(10_000), rollUp),
  });
}

async function streamAll(prefix: string): Promise<z.infer<typeof streamedSchema>> {
  const program = fileURLToPath(new URL("stream.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program, prefix]);
  return streamedSchema.parse(JSON.parse(stdout));
}

/** Runs `work` on a log of its own, which is deleted afterwards. */
async function withLog(work: (store: ActionStore, elasticsearch: Elasticsearch) => Promise<void>): Promise<void> {
  const elasticsearch = new Elasticsearch({
    url,
    prefix: `bench-${randomUUID()}`,
    timeoutMilliseconds: 120_000,
    retryMilliseconds: 60_000,
    random: Math.random,
  });
  try {
    await work(new ElasticsearchActionStore(elasticsearch, { now: Date.now }), elasticsearch);
  } finally {
    await removePrefix(elasticsearch);
    await elasticsearch.close();
  }
}
