import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import { Failure } from "#churn/failure.ts";
import { eventFunction } from "./event-function.ts";
import type { EventHandler } from "./event-handler.ts";
import { createFunctionServer } from "./function-server.ts";
import type { HttpHandler } from "./http.ts";
import type { Logger } from "./logging.ts";
import { eventMetrics } from "./metrics/events.ts";
import { type MetricsPush, metricsPush } from "./metrics/push.ts";
import { requestMetrics } from "./metrics/requests.ts";
import { storeErrorMetrics } from "./metrics/store-errors.ts";
import { stopOnSignals } from "./shutdown.ts";

export interface ServeOptions {
  readonly name: string;
  readonly config: { readonly PORT: number; readonly DRAIN_SECONDS: number };
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly stores: ServedStores;
}

/** What a process does with its stores as a whole. */
interface ServedStores {
  /** Rejects with a Failure that says what to look at when they cannot be used. */
  check(): Promise<void>;
  /** Closes the stores, once no request needs them any more. */
  close(): Promise<void>;
}

/** Runs an HTTP function as this process, until it is told to stop. */
export async function serve(
  options: ServeOptions & {
    paths: readonly string[];
    bodyLimit: number;
    handle: HttpHandler;
    push?: MetricsPush | undefined;
  },
): Promise<void> {
  const { name, config, logger, metrics, paths, bodyLimit, handle, stores, push } = options;
  const server = createFunctionServer({
    name,
    paths,
    bodyLimit,
    handle,
    logger,
    exposition: metrics,
    requests: requestMetrics(metrics),
    storeErrors: storeErrorMetrics(metrics),
  });
  stopOnSignals({
    steps: [
      { name: "the server", stop: async () => void (await once(server.close(), "close")) },
      { name: "the metrics", stop: async () => push?.flush() },
      { name: "the stores", stop: () => stores.close() },
    ],
    limitMilliseconds: config.DRAIN_SECONDS * 1000,
    logger,
    process,
  });
  await once(server.listen(config.PORT), "listening");
  const { port } = addressOf(server.address());
  // From then until this entry is the part of a cold start that is ours.
  const started = new Date(performance.timeOrigin).toISOString();
  logger.info(
    { "event.action": "start", "server.port": port, "process.start": started },
    `${name} listens on port ${port}.`,
  );
  // They may come later, and what needs them is asked to try again; a wrong setting is seen at once.
  await stores.check().catch((error: unknown) => logger.error(error instanceof Failure ? error.message : { error }));
}

/**
 * Runs an event function as this process: CloudEvents come in by POST, the event that follows is the answer. Metrics are
 * pushed after each event if there is a Pushgateway.
 */
export async function serveEvents<Services>(
  options: ServeOptions & {
    config: { readonly PUSHGATEWAY_URL?: string | undefined };
    handle: EventHandler<Services>;
    services: Services;
    /** Milliseconds since the epoch. */
    now: () => number;
  },
): Promise<void> {
  const { name, config, logger, metrics, handle, services, now } = options;
  const url = config.PUSHGATEWAY_URL;
  const push = url === undefined ? undefined : metricsPush({ url, name, metrics, logger, now });
  await serve({
    ...options,
    paths: ["/"],
    bodyLimit: eventLimit,
    handle: eventFunction(handle, services, { name, events: eventMetrics(metrics), logger, push }),
    push,
  });
}

/** Events that start work are small; Knative itself promises no more than 64 KB. */
const eventLimit = 1024 * 1024;

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return address;
}
