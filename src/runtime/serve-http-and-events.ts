import type { Connect } from "./begin.ts";
import { anyEventLimit, deliveredPath, eventRoute } from "./event-route.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import type { MakeListener } from "./listener.ts";
import { deadLetterMetrics } from "./metrics/dead-letters.ts";
import { eventMetrics } from "./metrics/events.ts";
import { register } from "./register.ts";
import { httpAccessSettings } from "./serve-http.ts";

/**
 * Registers a function that serves HTTP and takes events, and returns what a pod runs; see `register`. What the Broker
 * delivers comes in at `deliveredPath`, and asks for what the other routes ask for: it is no way around them.
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
      const options = { name, events, logger, deadLetters, tracer, bodyLimit: anyEventLimit };
      return { routes: [...made.routes, eventRoute(made, { ...options, path: deliveredPath, access: "send" })] };
    },
  });
}
