/**
 * A night of a log of many users, cut into slices: roll-up and features, then score, each slice by a process of its own as by a pod,
 * with as many processes at a time as --pods says. Prints seconds, and the most memory that a process ever had, and draws them by
 * number of slices where a file is named.
 *
 *     [ELASTICSEARCH_URL=http://127.0.0.1:9200] npx tsx bench/night/slices.ts [--users 100000] [--actions 1000000]
 *         [--slices 1,4] [--pods 2] [--file docs/images/slices.svg] [--months 3]
 *
 * With --months the log is that of `lapse generate` over as many months, instead of --actions at random, and a training follows the nights.
 * Without ELASTICSEARCH_URL on the embedded stores, which one process does alone.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import type { Action } from "#churn/action.ts";
import { featuresPing, featuresUpdated, trainPing } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { timePanels } from "#scripts/pictures/time-panels.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { actionsOf } from "../elasticsearch/actions.ts";
import { messageSchema } from "./messages.ts";
import { runFunction, startWorker } from "./run-function.ts";
import { storeLog } from "./store-log.ts";

const count = z.coerce.number().int().positive();
const { values } = parseArgs({
  options: {
    users: { type: "string", default: "100000" },
    actions: { type: "string", default: "1000000" },
    slices: { type: "string", default: "1,4" },
    pods: { type: "string", default: "2" },
    file: { type: "string" },
    months: { type: "string" },
  },
});
const flags = z
  .object({
    users: count,
    actions: count,
    pods: count,
    months: count.optional(),
    slices: z.string().transform((text) => text.split(",").map(Number)),
  })
  .parse(values);
/** What a night took: seconds and the most megabytes of a process, of features and of score. */
interface Night {
  readonly slices: number;
  readonly load: number;
  readonly seconds: readonly [number, number];
  readonly megabytes: readonly [number, number];
  /** Seconds of the longest event. */
  readonly longest: number;
  readonly told: string;
}

/** The day after the log ends. */
const now = Date.UTC(2024, 0, 1, 1);
const folder = await mkdtemp(join(tmpdir(), "lapse-night-"));
const elasticsearch = process.env.ELASTICSEARCH_URL === undefined ? undefined : testConnection();
const settings = {
  DATA_DIR: folder,
  NOW: `${now}`,
  ...(elasticsearch && {
    ELASTICSEARCH_URL: elasticsearch.options.url,
    ELASTICSEARCH_PREFIX: elasticsearch.options.prefix,
  }),
};
const pods = elasticsearch === undefined ? 1 : flags.pods;

try {
  console.log(
    `${elasticsearch === undefined ? "DuckDB" : "Elasticsearch"}: ${flags.users} users, ${flags.months === undefined ? `${flags.actions} actions` : `${flags.months} months`}, at most ${pods} processes`,
  );
  await fill();
  const nights: Night[] = [];
  for (const slices of flags.slices) {
    await forgetNights();
    nights.push({ slices, load: loadavg()[0] ?? 0, ...(await night(slices)) });
    console.table(nights.map(shown));
  }
  if (values.file !== undefined) await writeFile(values.file, picture(nights));
  if (flags.months !== undefined) console.table([await training()]);
} finally {
  if (elasticsearch !== undefined) {
    await removePrefix(elasticsearch);
    await elasticsearch.close();
  }
  await rm(folder, { recursive: true });
}

async function fill(): Promise<void> {
  const stores = new StoreConnections({ dataDir: folder, elasticsearch: elasticsearch?.options }, () => now);
  await stores.setUp();
  const [actions, models] = [await stores.actionStore(), await stores.modelStore()];
  const { manifest, onnx } = exampleModel();
  await models.publish({ manifest, onnx, report: "" });
  await models.moveAlias("champion", manifest.version, undefined, exampleNote);
  const began = performance.now();
  const { users, months } = flags;
  if (months === undefined) await store(actions, actionsOf(flags.actions, users));
  else console.log(`${await storeLog(actions, { users, months, now })} actions`);
  await stores.close();
  console.log(`stored in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

async function store(actions: ActionStore, all: Iterable<Action>): Promise<void> {
  let batch = [];
  for (const action of all) {
    batch.push(action);
    if (batch.length < 20_000) continue;
    await actions.append(batch);
    batch = [];
  }
  if (batch.length > 0) await actions.append(batch);
}

/** Leaves nothing but actions, so that each night does all that the first one after an import does. */
async function forgetNights(): Promise<void> {
  if (elasticsearch === undefined) return;
  await elasticsearch.run("forget former nights", async (client) => {
    const { indices } = await client.indices.resolveIndex({ name: elasticsearch.index("*") });
    const names = indices.map(({ name }) => name).filter((name) => !name.startsWith(elasticsearch.index("actions-")));
    if (names.length > 0) await client.indices.delete({ index: names });
  });
  const stores = new StoreConnections({ dataDir: folder, elasticsearch: elasticsearch.options }, () => now);
  await stores.setUp();
  await stores.close();
}

/** Seconds and megabytes of both functions. */
async function night(slices: number): Promise<Omit<Night, "slices" | "load">> {
  const ping = featuresPing.make({
    id: `night-${slices}`,
    source: "/bench",
    time: new Date(now).toISOString(),
    data: { through: "yesterday" },
  });
  const features = await pass("features", slices, ping);
  const updated = features.replies.find(({ type }) => type === featuresUpdated.type);
  if (updated === undefined) throw new Error("Features were not updated.");
  const score = await pass("score", slices, updated);
  return {
    seconds: [features.seconds, score.seconds],
    megabytes: [features.peakMegabytes, score.peakMegabytes],
    longest: Math.max(features.longest, score.longest),
    told: JSON.stringify(score.replies.at(-1)?.data),
  };
}

/** What a training takes of what the nights have rolled up. */
async function training() {
  const load = loadavg()[0]?.toFixed(1);
  const { reply, seconds, processor, peakMegabytes } = await runFunction("train", trainPing, settings);
  const [took, ofProcessor] = [seconds.toFixed(1), processor.toFixed(1)];
  return { "train s": took, "processor s": ofProcessor, MB: Math.round(peakMegabytes), load, told: reply?.type };
}

function shown({ slices, load, seconds, megabytes, longest, told }: Night) {
  const [features, score] = seconds;
  return {
    ...{ slices, load: load.toFixed(1), "features s": features.toFixed(1), "score s": score.toFixed(1) },
    ...{ "features MB": Math.round(megabytes[0]), "score MB": Math.round(megabytes[1]) },
    ...{ "longest event s": longest.toFixed(1), told },
  };
}

function picture(nights: readonly Night[]): string {
  const format = (value: number) => String(Math.round(value));
  const series = (name: string, of: (night: Night) => number) => ({
    name,
    points: nights.map((night) => [night.slices, of(night)] as const),
  });
  const both = (of: (night: Night) => readonly [number, number]) => [
    series("roll-up and features", (night) => of(night)[0]),
    series("score", (night) => of(night)[1]),
  ];
  return timePanels(
    [
      { title: "Seconds in all", format, series: both(({ seconds }) => seconds) },
      { title: "Seconds of the longest event", format, series: [series("either", ({ longest }) => longest)] },
      { title: "Most memory of a process, MB", format, series: both(({ megabytes }) => megabytes) },
    ],
    {
      title: `A night by number of slices: ${flags.users.toLocaleString("en")} users, ${pods} pods on ${availableParallelism()} cores`,
      formatTime: (slices) => (Number.isInteger(slices) ? String(slices) : ""),
    },
  );
}

/** Has processes of one function handle an event, and all that they publish. */
async function pass(name: "features" | "score", slices: number, first: LapseEvent) {
  const waiting: LapseEvent[] = [first];
  const free: ChildProcess[] = [];
  const result = { replies: [] as LapseEvent[], peakMegabytes: 0, longest: 0, seconds: 0 };
  let [open, finish] = [0, () => {}];
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const next = () => {
    while (free.length > 0 && waiting.length > 0) {
      const [child, event] = [free.pop(), waiting.shift()];
      if (child === undefined || event === undefined) return;
      open += 1;
      child.send(event);
    }
    if (open === 0 && waiting.length === 0) finish();
  };
  const children = Array.from({ length: Math.min(pods, slices) }, () =>
    startWorker(name, { ...settings, SLICES: `${slices}` }),
  );
  const ready = children.map(async (child) => {
    await once(child, "message");
    free.push(child);
    child.on("message", (raw) => {
      const message = messageSchema.parse(raw);
      if ("published" in message) waiting.push(message.published);
      if ("reply" in message) {
        if (message.reply !== null) result.replies.push(message.reply);
        result.peakMegabytes = Math.max(result.peakMegabytes, message.peakMegabytes);
        result.longest = Math.max(result.longest, message.seconds);
        open -= 1;
        free.push(child);
      }
      next();
    });
    child.once("exit", (status) => {
      if (status !== 0) throw new Error(`A process of ${name} ended with status ${status}.`);
    });
  });
  await Promise.all(ready);
  const began = performance.now();
  next();
  await done;
  result.seconds = (performance.now() - began) / 1000;
  await Promise.all(
    children.map(async (child) => {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    }),
  );
  return result;
}
