import { join } from "node:path";
import * as z from "zod";
import { beginningOf, type Connect, configureOrExit, endOnUncaught } from "./begin.ts";
import { brokerToken, brokerTokenSetting } from "./broker-token.ts";
import { loadConfig } from "./config.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { deadLetterMetrics } from "./metrics/dead-letters.ts";
import { eventMetrics } from "./metrics/events.ts";
import { pushTo } from "./metrics/push.ts";
import { runEvent } from "./run-event.ts";
import { webUrl } from "./web-url.ts";

const jobSettings = z.object({
  /** The folder where Knative's JobSink mounts the event. */
  K_EVENT_PATH: z.string().default("/etc/jobsink-event"),
  /** Takes the event that follows. */
  BROKER_URL: webUrl,
  ...brokerTokenSetting,
});

/** Runs an event function as a process that is started for one event, for work that takes longer than a request may last. */
export async function runJob<Stores>(definition: FunctionDefinition<Stores>, connect: Connect<Stores>): Promise<void> {
  const { name } = definition;
  const configured = configureOrExit(definition, process.env);
  const job = loadConfig(jobSettings);
  const beginning = await beginningOf({ name, settings: configured.settings, connect, deadLetterMetrics });
  const { logger, metrics, storeErrors, now, stores, tracer } = beginning;
  endOnUncaught(logger, process);

  const push = pushTo(configured.settings.PUSHGATEWAY_URL, { name, metrics, logger, now });
  const { handle } = await configured.make(stores, beginning);
  try {
    await runEvent({
      name,
      file: join(job.K_EVENT_PATH, "event"),
      handle,
      broker: job.BROKER_URL,
      token: () => brokerToken(job.BROKER_TOKEN_FILE),
      events: eventMetrics(metrics),
      storeErrors,
      push,
      logger,
      tracer,
    });
  } finally {
    // Also of work that failed: nothing else would tell.
    await push?.flush();
    await tracer?.close();
    await stores.close();
  }
}
