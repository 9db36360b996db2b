import { begin } from "#runtime/begin.ts";
import { driftMetrics } from "#runtime/metrics/drift.ts";
import { aliasMetrics } from "#runtime/metrics/models.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serveEvents } from "#runtime/serve.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("monitor", configSchema, async ({ config, logger, metrics, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(metrics).retried), now);
  const services = {
    features: await stores.featureStore(),
    models: await stores.modelStore(),
    now,
    drift: driftMetrics(metrics),
    aliasMetrics: aliasMetrics(metrics),
  };

  await serveEvents({ name: "monitor", handle, services, config, logger, metrics, stores, now });
});
