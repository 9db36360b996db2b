import { begin } from "#runtime/begin.ts";
import { featureMetrics } from "#runtime/metrics/features.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serveEvents } from "#runtime/serve.ts";
import { churnSettingsOf } from "#runtime/settings.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("features", configSchema, async ({ config, logger, metrics, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(metrics).retried), now);
  const services = {
    actions: await stores.actionStore(),
    features: await stores.featureStore(),
    models: await stores.modelStore(),
    churn: churnSettingsOf(config),
    now,
    metrics: featureMetrics(metrics),
  };

  await serveEvents({ name: "features", handle, services, config, logger, metrics, stores, now });
});
