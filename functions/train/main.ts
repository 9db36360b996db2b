import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { begin } from "../../runtime/begin.ts";
import { trainingMetrics } from "../../runtime/metrics/training.ts";
import { serveEvents } from "../../runtime/serve.ts";
import { DuckDbActionLog } from "../../stores/actions/duckdb-action-log.ts";
import { openDuckDb } from "../../stores/duckdb/database.ts";
import { DuckDbFeatureStore } from "../../stores/features/duckdb-feature-store.ts";
import { DirectoryRegistry } from "../../stores/models/directory-registry.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

const { config, log, registry, now } = begin("train", configSchema);
await mkdir(config.DATA_DIR, { recursive: true });
const database = await openDuckDb(join(config.DATA_DIR, "lapse.duckdb"));
const services = {
  log: await DuckDbActionLog.open(database, { now }),
  features: await DuckDbFeatureStore.open(database),
  registry: await DirectoryRegistry.open(join(config.DATA_DIR, "models"), { now }),
  now,
  trained: trainingMetrics(registry).trained,
};

await serveEvents({ name: "train", handle, services, config, log, registry, close: () => database.close() });
