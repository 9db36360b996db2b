import { join } from "node:path";
import * as z from "zod";
import { begin } from "#runtime/begin.ts";
import { eventMetrics } from "#runtime/metrics/events.ts";
import { metricsPush } from "#runtime/metrics/push.ts";
import { storeErrorMetrics } from "#runtime/metrics/store-errors.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { runEvent } from "#runtime/run-event.ts";
import { pushSettings, serverSettings } from "#runtime/settings.ts";
import { storeOptionsOf, storeSettings, withStoreRules } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { handle } from "./function.ts";
import { trainServices } from "./services.ts";

/** Training as a process that is started for one event and ends: for logs that take longer than a request may last. */
const configSchema = withStoreRules(
  z.object({
    ...storeSettings,
    ...pushSettings,
    LOG_LEVEL: serverSettings.LOG_LEVEL,
    /** The folder where Knative's JobSink mounts the event. */
    K_EVENT_PATH: z.string().default("/etc/jobsink-event"),
    /** Takes the event that follows. */
    BROKER_URL: z.url({ error: "must be the URL of the Broker." }),
  }),
);

begin("train", configSchema, async ({ config, logger, metrics, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(metrics).retried), now);
  const services = await trainServices(stores, metrics, now);

  const url = config.PUSHGATEWAY_URL;
  const push = url === undefined ? undefined : metricsPush({ url, name: "train", metrics, logger, now });
  try {
    await runEvent({
      name: "train",
      file: join(config.K_EVENT_PATH, "event"),
      handle,
      services,
      broker: config.BROKER_URL,
      events: eventMetrics(metrics),
      storeErrors: storeErrorMetrics(metrics),
      push,
      logger,
    });
  } finally {
    // Also of a training that failed: nothing else would tell.
    await push?.flush();
  }
  await stores.close();
});
