import { begin } from "#runtime/begin.ts";
import { driftMetrics } from "#runtime/metrics/drift.ts";
import { registryMetrics } from "#runtime/metrics/models.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serveEvents } from "#runtime/serve.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("monitor", configSchema, async ({ config, log, registry, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(registry).retried), now);
  const services = {
    features: await stores.featureStore(),
    registry: await stores.modelRegistry(),
    now,
    drift: driftMetrics(registry),
    models: registryMetrics(registry),
  };

  await serveEvents({ name: "monitor", handle, services, config, log, registry, stores, now });
});
