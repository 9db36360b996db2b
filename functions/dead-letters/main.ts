import { begin } from "#runtime/begin.ts";
import { deadLetterMetrics } from "#runtime/metrics/dead-letters.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serveEvents } from "#runtime/serve.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("dead-letters", configSchema, async ({ config, logger, metrics: metricsRegistry, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(metricsRegistry).retried), now);
  const deadLetters = await stores.deadLetters();
  const metrics = deadLetterMetrics(metricsRegistry, () => deadLetters.count());
  const services = { deadLetters, now, logger, metrics };

  await serveEvents({ name: "dead-letters", handle, services, config, logger, metrics: metricsRegistry, stores, now });
});
