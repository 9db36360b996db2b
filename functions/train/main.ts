import { begin } from "#runtime/begin.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serveEvents } from "#runtime/serve.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";
import { trainServices } from "./services.ts";

begin("train", configSchema, async ({ config, logger, metrics, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(metrics).retried), now);
  const services = await trainServices(stores, metrics, now);

  await serveEvents({ name: "train", handle, services, config, logger, metrics, stores, now });
});
