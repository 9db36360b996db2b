import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { begin } from "../../runtime/begin.ts";
import { scoreMetrics } from "../../runtime/metrics/scores.ts";
import { serveEvents } from "../../runtime/serve.ts";
import { openDuckDb } from "../../stores/duckdb/database.ts";
import { DuckDbFeatureStore } from "../../stores/features/duckdb-feature-store.ts";
import { DirectoryRegistry } from "../../stores/models/directory-registry.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

const { config, log, registry, now } = begin("score", configSchema);
await mkdir(config.DATA_DIR, { recursive: true });
const database = await openDuckDb(join(config.DATA_DIR, "lapse.duckdb"));
const services = {
  features: await DuckDbFeatureStore.open(database),
  registry: await DirectoryRegistry.open(join(config.DATA_DIR, "models"), { now }),
  now,
  metrics: scoreMetrics(registry),
};

await serveEvents({ name: "score", handle, services, config, log, registry, close: () => database.close() });
