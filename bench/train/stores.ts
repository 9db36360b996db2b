/**
 * Trains on the synthetic log of `lapse generate` with more and more users, through the stores: what a training takes that is bounded to
 * a sample. Each training is a process of its own, as a pod is; prints its seconds, those of the processor, and the most memory that it
 * had. Reading histories that a store has rolled up is part of it; storing and rolling up are not.
 *
 *     [ELASTICSEARCH_URL=http://127.0.0.1:9200] npx tsx bench/train/stores.ts [--users 50000,200000,1000000] [--months 9]
 *
 * Without ELASTICSEARCH_URL on the embedded stores.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { featuresPing, trainPing } from "#runtime/event-kinds.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { runFunction } from "../night/run-function.ts";
import { storeLog } from "../night/store-log.ts";

const count = z.coerce.number().int().positive();
const { values } = parseArgs({
  options: {
    users: { type: "string", default: "50000,200000,1000000" },
    months: { type: "string", default: "9" },
  },
});
const { users, months } = z
  .object({ users: z.string().transform((text) => text.split(",").map((one) => count.parse(one))), months: count })
  .parse(values);
/** The night after the log. */
const now = Date.UTC(2026, 10, 1, 2);

const rows: Record<string, unknown>[] = [];
for (const number of users) {
  rows.push(await training(number));
  console.table(rows);
}

async function training(number: number): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), "lapse-train-"));
  const elasticsearch = process.env.ELASTICSEARCH_URL === undefined ? undefined : testConnection();
  try {
    const { actions, seconds } = await fill(number, folder, elasticsearch);
    const load = loadavg()[0]?.toFixed(1);
    const env = {
      ...{ DATA_DIR: folder, NOW: `${now}`, SLICES: "1" },
      ...(elasticsearch && {
        ELASTICSEARCH_URL: elasticsearch.options.url,
        ELASTICSEARCH_PREFIX: elasticsearch.options.prefix,
      }),
    };
    const features = await runFunction("features", featuresPing, env);
    const { reply, ...took } = await runFunction("train", trainPing, env);
    return {
      ...{ users: number, actions, "stored and rolled up s": seconds.toFixed(0), load },
      ...{ "features s": features.seconds.toFixed(1), "features MB": Math.round(features.peakMegabytes) },
      ...{
        "train s": took.seconds.toFixed(1),
        "processor s": took.processor.toFixed(1),
        MB: Math.round(took.peakMegabytes),
      },
      told: reply?.type,
    };
  } finally {
    if (elasticsearch !== undefined) {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    }
    await rm(folder, { recursive: true });
  }
}

async function fill(number: number, folder: string, elasticsearch: ReturnType<typeof testConnection> | undefined) {
  const began = performance.now();
  const stores = new StoreConnections({ dataDir: folder, elasticsearch: elasticsearch?.options }, () => now);
  await stores.setUp();
  const store = await stores.actionStore();
  const created = await storeLog(store, { users: number, months, now });
  await store.rollUp();
  await stores.close();
  return { actions: created, seconds: (performance.now() - began) / 1000 };
}
