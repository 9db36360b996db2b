import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { begin } from "../../runtime/begin.ts";
import { actionMetrics } from "../../runtime/metrics/actions.ts";
import { serve } from "../../runtime/serve.ts";
import { DuckDbActionLog } from "../../stores/actions/duckdb-action-log.ts";
import { openDuckDb } from "../../stores/duckdb/database.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

const { config, log, registry, now } = begin("ingest", configSchema);
await mkdir(config.DATA_DIR, { recursive: true });
const database = await openDuckDb(join(config.DATA_DIR, "lapse.duckdb"));
const services = { log: await DuckDbActionLog.open(database, { now }), now, metrics: actionMetrics(registry) };

await serve({
  name: "ingest",
  // /events as on a laptop, where one port serves every function.
  paths: ["/", "/events"],
  bodyLimit: config.BODY_LIMIT,
  handle: (request) => handle(request, services),
  config,
  log,
  registry,
  close: () => database.close(),
});
