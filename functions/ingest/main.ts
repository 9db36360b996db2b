import { begin } from "#runtime/begin.ts";
import { actionMetrics } from "#runtime/metrics/actions.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serve } from "#runtime/serve.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("ingest", configSchema, async ({ config, log, registry, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(registry).retried), now);
  const services = { log: await stores.actionLog(), now, metrics: actionMetrics(registry), logger: log };

  await serve({
    name: "ingest",
    // /events as on a laptop, where one port serves every function.
    paths: ["/", "/events"],
    bodyLimit: config.BODY_LIMIT,
    handle: (request) => handle(request, services),
    config,
    log,
    registry,
    stores,
  });
});
