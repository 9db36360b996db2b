import { begin } from "#runtime/begin.ts";
import { deadLetterMetrics } from "#runtime/metrics/dead-letters.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { serveEvents } from "#runtime/serve.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { handle } from "./function.ts";

begin("dead-letters", configSchema, async ({ config, log, registry, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(registry).retried), now);
  const deadLetters = await stores.deadLetters();
  const metrics = deadLetterMetrics(registry, () => deadLetters.count());
  const services = { deadLetters, now, log, metrics };

  await serveEvents({ name: "dead-letters", handle, services, config, log, registry, stores, now });
});
