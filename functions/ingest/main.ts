import { begin } from "#runtime/begin.ts";
import { actionMetrics } from "#runtime/metrics/actions.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serve } from "#runtime/serve.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("ingest", configSchema, async ({ config, logger, metrics, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(metrics).retried), now);
  const services = { actions: await stores.actionStore(), now, metrics: actionMetrics(metrics), logger };

  await serve({
    name: "ingest",
    // /events as on a laptop, where one port serves every function.
    paths: ["/", "/events"],
    bodyLimit: config.BODY_LIMIT,
    handle: (request) => handle(request, services),
    config,
    logger,
    metrics,
    stores,
  });
});
