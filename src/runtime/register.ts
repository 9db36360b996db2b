import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { http } from "@google-cloud/functions-framework";
import { Failure } from "#churn/failure.ts";
import type { AccessSettings, EventAccessSettings } from "./access/access-settings.ts";
import { type OpenAccess, podAccess } from "./access/open-access.ts";
import type { RefusalEntry } from "./access/refusals.ts";
import {
  type Beginning,
  type BeginningOptions,
  beginningOf,
  type Connect,
  configureOrExit,
  endOnUncaught,
} from "./begin.ts";
import { eventHeadersLimit } from "./event-route.ts";
import type { ConfiguredFunction, FunctionDefinition, MadeFunction, Upkeep } from "./function-definition.ts";
import { createHttpServer, drainable, type HttpServer } from "./http-server.ts";
import { type Listening, type MakeListener, pathListener } from "./listener.ts";
import { requestMetrics } from "./metrics/requests.ts";
import { withOpenApi } from "./openapi/route.ts";
import { healthRoutes, metricsRoute } from "./operational.ts";
import { rehearse } from "./rehearse.ts";
import { requestLimitsOf } from "./request-limits.ts";
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
  /** Of a function that events come to. */
  readonly deadLetterMetrics?: BeginningOptions<Stores>["deadLetterMetrics"];
  /** Who may send requests. */
  accessSettings(): AccessSettings & EventAccessSettings;
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
    opened ??= open(definition, hosting, serverOf(request.socket));
    const { listening } = await opened.catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    await listening.listener(request, response);
  });
  return () => run(definition, hosting);
}

interface Opened {
  readonly listening: Listening;
  /** Serves /metrics alone, where that has a port of its own. */
  readonly metricsListening: Listening | undefined;
  readonly upkeep: Upkeep | undefined;
  readonly rehearse: MadeFunction["rehearse"];
  readonly flush: () => Promise<void>;
}

/** The framework's server. */
function serverOf(socket: Socket): Server {
  if ("server" in socket && socket.server instanceof Server) return socket.server;
  throw new TypeError("The connection belongs to no HTTP server.");
}

/**
 * Under the framework's command: what it needs is made for the first request. From then on the process stops as a pod does;
 * the framework would answer what is in flight with 500.
 */
async function open<Stores>(
  definition: FunctionDefinition<Stores>,
  hosting: Hosting<Stores>,
  node: Server,
): Promise<Opened> {
  const configured = definition.configure(process.env);
  const beginning = await beginningOf({ name: definition.name, settings: configured.settings, ...hosting });
  const server = drainable(node);
  const opened = await make(definition, configured, beginning, hosting, server.isStopping);
  for (const signal of ["SIGTERM", "SIGINT"]) process.removeAllListeners(signal);
  stopInOrder(server, opened, beginning, configured);
  await opened.upkeep?.refresh();
  opened.upkeep?.follow();
  return opened;
}

function stopInOrder<Stores>(
  server: HttpServer,
  { upkeep, flush }: Opened,
  { logger, stores, tracer }: Beginning<Stores>,
  { settings }: ConfiguredFunction<Stores>,
  metricsServer?: HttpServer,
): void {
  const steps: ShutdownStep[] = [
    { name: "the server", stop: () => server.drain() },
    { name: "the function", stop: async () => upkeep?.close() },
    { name: "the metrics and the audit", stop: flush },
    { name: "the server of metrics", stop: async () => void metricsServer?.node.close() },
    { name: "the stores", stop: () => stores.close() },
    { name: "the traces", stop: async () => tracer?.close() },
  ];
  stopOnSignals({ steps, limitMilliseconds: settings.DRAIN_SECONDS * 1000, logger, process });
}

async function make<Stores>(
  definition: FunctionDefinition<Stores>,
  configured: ConfiguredFunction<Stores>,
  beginning: Beginning<Stores>,
  hosting: Hosting<Stores>,
  stopping: () => boolean,
): Promise<Opened> {
  const { name } = definition;
  const { logger, metrics, storeErrors, stores, tracer } = beginning;
  const access = await accessOf(definition, hosting, beginning);
  const requests = requestMetrics(metrics);
  const limits = requestLimitsOf(configured.settings);
  const responder = new Responder({
    ...{ requests, storeErrors, logger, limits, stopping, gate: access?.gate, tracer },
    // Knative's.
    isBehindProxy: true,
  });
  const made = await configured.make(stores, beginning);
  const { upkeep, missing } = made;
  const { routes, flush } = hosting.routesOf(made, configured, beginning);
  const health = healthRoutes(() => (stopping() ? "stopping" : upkeep?.unready()));
  const exposition = metricsRoute(metrics);
  const apart = configured.settings.METRICS_PORT !== undefined;
  const served = [
    withOpenApi({
      ...{ name, missing },
      routes: [...routes, ...(access?.routes ?? []), ...health, ...(apart ? [] : [exposition])],
    }),
  ];
  return {
    listening: await hosting.makeListener(served, responder),
    metricsListening: apart ? await pathListener([{ name, routes: [exposition] }], responder) : undefined,
    upkeep,
    rehearse: made.rehearse,
    flush: async () => {
      await flush?.();
      await access?.close();
    },
  };
}

/** Undefined where everybody is let in. */
async function accessOf<Stores>(
  { people }: FunctionDefinition<Stores>,
  { accessSettings }: Hosting<Stores>,
  beginning: Beginning<Stores>,
): Promise<OpenAccess | undefined> {
  const place = people && { make: people, secret: randomBytes(32) };
  return podAccess(accessSettings(), surroundingsOf(beginning), place);
}

function surroundingsOf<Stores>({ metrics, logger, now, stores }: Beginning<Stores>) {
  const record = async (entry: RefusalEntry) => (await stores.audit()).append(entry);
  return { metrics, logger, now, newId: randomUUID, record };
}

/** Serves the function as this process, until it is told to stop. */
async function run<Stores>(definition: FunctionDefinition<Stores>, hosting: Hosting<Stores>): Promise<void> {
  const { name } = definition;
  const configured = configureOrExit(definition, process.env);
  const { settings } = configured;
  const beginning = await beginningOf({ name, settings, ...hosting });
  const { logger, stores } = beginning;
  endOnUncaught(logger, process);

  const server = createHttpServer(definition.takes.length === 0 ? {} : { headersLimit: eventHeadersLimit });
  const opened = await make(definition, configured, beginning, hosting, server.isStopping);
  const { listening, metricsListening, upkeep, rehearse: inside } = opened;
  server.serve(listening);
  const metricsServer = metricsListening && createHttpServer();
  if (metricsListening !== undefined) metricsServer?.serve(metricsListening);
  stopInOrder(server, opened, beginning, configured, metricsServer);

  // Live at once, ready when what it follows is there.
  const ports = [listen(server, settings.PORT), metricsServer && listen(metricsServer, settings.METRICS_PORT)];
  await Promise.all([...ports, upkeep?.refresh()]);
  upkeep?.follow();
  const address = addressOf(server.node.address());
  const { port } = address;
  // From then until this entry is the part of a cold start that is ours.
  const started = new Date(performance.timeOrigin).toISOString();
  const fields = { "event.action": "start", "server.port": port, "process.start": started };
  logger.info(fields, `${name} listens on port ${port}.`);
  // They may come later, and what needs them is asked to try again; a wrong setting is seen at once.
  const checked = stores
    .check()
    .catch((error: unknown) => logger.error(error instanceof Failure ? error.message : { error }));
  await Promise.all([checked, rehearse({ address, inside, logger })]);
}

function listen({ node }: HttpServer, port: number | undefined): Promise<unknown> {
  return once(node.listen(port), "listening");
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return address;
}
