import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handle } from "#functions/features/function.ts";
import { featuresPing } from "#runtime/event-kinds.ts";
import { ingestLog } from "#scripts/log/ingest-log.ts";
import { readLog } from "#scripts/log/read-log.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { DuckDbFeatureStore } from "#stores/features/duckdb/feature-store.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { DuckDbRunStore } from "#stores/runs/duckdb/run-store.ts";

// npx tsx bench/import/lapse.ts FILE: what `npm start -- --log FILE` does up to the features, timed. Prints JSON.
const path = process.argv[2] ?? "";
const now = () => Date.UTC(2024, 0, 1);
const directory = await mkdtemp(join(tmpdir(), "lapse-bench-"));
const databasePath = join(directory, "lapse.duckdb");

const started = performance.now();
const processor = process.cpuUsage();
const log = await readLog([path], {}, now());
await log.staged?.place?.(databasePath);
const database = await openDuckDb(databasePath);
const actions = await DuckDbActionStore.open(database, { now });
const features = await DuckDbFeatureStore.open(database);
const models = await DirectoryModelStore.open(join(directory, "models"), { now });
await ingestLog(log, { actions, now });
await log.close();
const stored = performance.now();
const storedProcessor = seconds(processor);
await actions.rollUp();
const rolledUp = performance.now();
const rolledUpProcessor = seconds(processor);
const ping = featuresPing.make({ id: "bench", source: "/bench", data: { through: "yesterday" } });
const following = await handle(ping, {
  ...{ actions, features, models, now, churn: { churnDays: 30, leadDays: 0 } },
  runs: await DuckDbRunStore.open(database, { now }),
  slicing: { slices: 1, publish: undefined },
  logger: { info: () => undefined },
});
const ended = performance.now();
const used = seconds(processor);
console.log(
  JSON.stringify({
    stored: (stored - started) / 1000,
    rolledUp: (rolledUp - stored) / 1000,
    features: (ended - rolledUp) / 1000,
    processor: used,
    processorParts: [storedProcessor, rolledUpProcessor - storedProcessor, used - rolledUpProcessor],
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    users: following?.data,
  }),
);
await Promise.all([actions.close(), features.close()]);
await database.close();
await rm(directory, { recursive: true });

/** Of the processor since `before`, on all cores. */
function seconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
