import type { Connect } from "./begin.ts";
import { deliveredRoute } from "./event-route.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import type { MakeListener } from "./listener.ts";
import { deadLetterMetrics } from "./metrics/dead-letters.ts";
import { eventMetrics } from "./metrics/events.ts";
import { register } from "./register.ts";
import { httpAccessSettings } from "./serve-http.ts";

/**
 * Registers a function that serves HTTP and takes events, and returns what a pod runs; see `register`. What the Broker delivers
 * comes in by `deliveredRoute`.
 */
export function serveHttpAndEvents<Stores>(
  definition: FunctionDefinition<Stores>,
  connect: Connect<Stores>,
  makeListener: MakeListener,
): () => Promise<void> {
  const { name } = definition;
  return register(definition, {
    connect,
    makeListener,
    deadLetterMetrics,
    accessSettings: httpAccessSettings,
    routesOf: (made, _configured, { logger, metrics, deadLetters, tracer }) => {
      const events = eventMetrics(metrics);
      return { routes: [...made.routes, deliveredRoute(made, { name, events, logger, deadLetters, tracer })] };
    },
  });
}
