import { begin } from "#runtime/begin.ts";
import { featureMetrics } from "#runtime/metrics/features.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serveEvents } from "#runtime/serve.ts";
import { churnDefinitionOf } from "#runtime/settings.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("features", configSchema, async ({ config, log, registry, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(registry).retried), now);
  const services = {
    log: await stores.actionLog(),
    features: await stores.featureStore(),
    registry: await stores.modelRegistry(),
    churn: churnDefinitionOf(config),
    now,
    metrics: featureMetrics(registry),
  };

  await serveEvents({ name: "features", handle, services, config, log, registry, stores, now });
});
