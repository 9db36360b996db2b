import { begin } from "../../runtime/begin.ts";
import { storeRetryMetrics } from "../../runtime/metrics/store-retries.ts";
import { trainingMetrics } from "../../runtime/metrics/training.ts";
import { serveEvents } from "../../runtime/serve.ts";
import { storeOptionsOf } from "../../runtime/store-settings.ts";
import { StoreConnections } from "../../stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("train", configSchema, async ({ config, log, registry, now }) => {
  const stores = new StoreConnections({ ...storeOptionsOf(config), onRetry: storeRetryMetrics(registry).retried }, now);
  const services = {
    log: await stores.actionLog(),
    features: await stores.featureStore(),
    registry: await stores.modelRegistry(),
    now,
    metrics: trainingMetrics(registry),
  };

  await serveEvents({ name: "train", handle, services, config, log, registry, stores, now });
});
