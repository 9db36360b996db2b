import { begin } from "#runtime/begin.ts";
import { scoreMetrics } from "#runtime/metrics/scores.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serveEvents } from "#runtime/serve.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("score", configSchema, async ({ config, logger, metrics, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(metrics).retried), now);
  const services = {
    features: await stores.featureStore(),
    models: await stores.modelStore(),
    now,
    metrics: scoreMetrics(metrics),
  };

  await serveEvents({ name: "score", handle, services, config, logger, metrics, stores, now });
});
