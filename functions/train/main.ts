import { begin } from "#runtime/begin.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serveEvents } from "#runtime/serve.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";
import { trainServices } from "./services.ts";

begin("train", configSchema, async ({ config, log, registry, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(registry).retried), now);
  const services = await trainServices(stores, registry, now);

  await serveEvents({ name: "train", handle, services, config, log, registry, stores, now });
});
