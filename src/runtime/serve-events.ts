import * as z from "zod";
import { accessSettings, eventAccessSettings } from "./access/access-settings.ts";
import type { Connect } from "./begin.ts";
import { loadConfig, parseConfig } from "./config.ts";
import { anyEventLimit, eventLimit, eventRoute } from "./event-route.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { pathListener } from "./listener.ts";
import { deadLetterMetrics } from "./metrics/dead-letters.ts";
import { eventMetrics } from "./metrics/events.ts";
import { pushTo } from "./metrics/push.ts";
import { register } from "./register.ts";

/**
 * Registers an event function, and returns what a pod runs: CloudEvents come in by POST, the event that follows is the
 * response. Metrics are pushed after each event if there is a Pushgateway. See `register`.
 */
export function serveEvents<Stores>(
  definition: FunctionDefinition<Stores>,
  connect: Connect<Stores>,
): () => Promise<void> {
  const { name, takes, inSlices } = definition;
  const bodyLimit = takes.some(({ type }) => type === undefined) ? anyEventLimit : eventLimit;
  return register(definition, {
    connect,
    makeListener: pathListener,
    deadLetterMetrics,
    accessSettings: () => ({
      ...parseConfig(z.object(accessSettings), {}),
      ...loadConfig(z.object(eventAccessSettings)),
    }),
    routesOf: (made, { settings }, { logger, metrics, now, deadLetters, tracer }) => {
      const push = pushTo(settings.PUSHGATEWAY_URL, { name, metrics, logger, now });
      const options = { name, events: eventMetrics(metrics), logger, push, inSlices, bodyLimit, deadLetters, tracer };
      const route = eventRoute(made, options);
      return { routes: [route], flush: push && (() => push.flush()) };
    },
  });
}
