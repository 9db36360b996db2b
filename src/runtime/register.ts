import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { http } from "@google-cloud/functions-framework";
import { Failure } from "#churn/failure.ts";
import { type Beginning, beginningOf, type Connect, configureOrExit, endOnUncaught } from "./begin.ts";
import type { ConfiguredFunction, FunctionDefinition, MadeFunction, Upkeep } from "./function-definition.ts";
import type { Listener, MakeListener } from "./listener.ts";
import { requestMetrics } from "./metrics/requests.ts";
import { operationalRoutes } from "./operational.ts";
import { Responder } from "./responder.ts";
import type { Route } from "./route.ts";
import { type ShutdownStep, stopOnSignals } from "./shutdown.ts";

/** How a function is served by a process of its own. */
export interface Hosting<Stores> {
  readonly connect: Connect<Stores>;
  readonly makeListener: MakeListener;
  /** What is served of it, and what is left to do once the last request has ended. */
  routesOf(
    made: MadeFunction,
    configured: ConfiguredFunction<Stores>,
    beginning: Beginning<Stores>,
  ): { routes: readonly Route[]; flush?: (() => Promise<void>) | undefined };
}

/**
 * Registers a function with the functions framework, whose command can serve it, and returns what a pod runs: the same
 * function on a server of Node alone, which limits bodies, always answers in JSON, and lets what is in flight end when it is
 * told to stop. Without the framework's own server, which does none of these and costs as much again for each request:
 * docs/decisions/functions-framework.md.
 */
export function register<Stores>(
  definition: FunctionDefinition<Stores>,
  hosting: Hosting<Stores>,
): () => Promise<void> {
  const { name } = definition;
  let opened: Promise<Opened> | undefined;
  http(name, async (request, response) => {
    opened ??= open(definition, hosting, () => false);
    const { listener } = await opened.catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    await listener(request, response);
  });
  return () => run(definition, hosting);
}

interface Opened {
  readonly listener: Listener;
  readonly upkeep: Upkeep | undefined;
  readonly flush: (() => Promise<void>) | undefined;
}

/** Under the framework's command: what it needs is made for the first request. */
async function open<Stores>(
  definition: FunctionDefinition<Stores>,
  hosting: Hosting<Stores>,
  stopping: () => boolean,
): Promise<Opened> {
  const configured = definition.configure(process.env);
  const beginning = beginningOf(definition.name, configured.settings, hosting.connect);
  const opened = await make(definition.name, configured, beginning, hosting, stopping);
  await opened.upkeep?.refresh();
  opened.upkeep?.follow();
  return opened;
}

async function make<Stores>(
  name: string,
  configured: ConfiguredFunction<Stores>,
  beginning: Beginning<Stores>,
  hosting: Hosting<Stores>,
  stopping: () => boolean,
): Promise<Opened> {
  const { logger, metrics, storeErrors, stores } = beginning;
  const responder = new Responder({ requests: requestMetrics(metrics), storeErrors, logger, stopping });
  const made = await configured.make(stores, beginning);
  const { upkeep } = made;
  const { routes, flush } = hosting.routesOf(made, configured, beginning);
  const operational = operationalRoutes(metrics, () => (stopping() ? "stopping" : upkeep?.unready()));
  const served = [{ name, routes: [...routes, ...operational] }];
  return { listener: await hosting.makeListener(served, responder), upkeep, flush };
}

/** Serves the function as this process, until it is told to stop. */
async function run<Stores>(definition: FunctionDefinition<Stores>, hosting: Hosting<Stores>): Promise<void> {
  const { name } = definition;
  const configured = configureOrExit(definition, process.env);
  const { settings } = configured;
  const beginning = beginningOf(name, settings, hosting.connect);
  const { logger, stores } = beginning;
  endOnUncaught(logger, process);

  const server = createServer();
  // Longer than the queue proxy in front keeps one idle: who sends requests must be the one to close.
  server.keepAliveTimeout = 120_000;
  let isStopping = false;
  const { listener, upkeep, flush } = await make(name, configured, beginning, hosting, () => isStopping);
  server.on("request", listener);

  const closeServer = async () => {
    isStopping = true;
    await once(server.close(), "close");
  };
  const steps: ShutdownStep[] = [
    { name: "the server", stop: closeServer },
    { name: "the function", stop: async () => upkeep?.close() },
    { name: "the metrics", stop: async () => flush?.() },
    { name: "the stores", stop: () => stores.close() },
  ];
  stopOnSignals({ steps, limitMilliseconds: settings.DRAIN_SECONDS * 1000, logger, process });

  // Live at once, ready when what it follows is there.
  await Promise.all([once(server.listen(settings.PORT), "listening"), upkeep?.refresh()]);
  upkeep?.follow();
  const { port } = addressOf(server.address());
  // From then until this entry is the part of a cold start that is ours.
  const started = new Date(performance.timeOrigin).toISOString();
  const fields = { "event.action": "start", "server.port": port, "process.start": started };
  logger.info(fields, `${name} listens on port ${port}.`);
  // They may come later, and what needs them is asked to try again; a wrong setting is seen at once.
  await stores.check().catch((error: unknown) => logger.error(error instanceof Failure ? error.message : { error }));
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return address;
}
