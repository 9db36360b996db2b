import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import * as z from "zod";
import type { ChurnSettings } from "#churn/definition.ts";
import { machineGate } from "#runtime/access/machine-gate.ts";
import type { AccessSurroundings } from "#runtime/access/open-access.ts";
import { type Environment, parseConfig } from "#runtime/config.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { fastifyServer } from "#runtime/fastify-server.ts";
import { createHttpServer } from "#runtime/http-server.ts";
import type { Logger } from "#runtime/logging.ts";
import { processRegistry } from "#runtime/metrics/process.ts";
import { requestMetrics } from "#runtime/metrics/requests.ts";
import { requestLimitSettings, requestLimitsOf } from "#runtime/request-limits.ts";
import { Responder } from "#runtime/responder.ts";
import { churnEnvironment } from "#runtime/settings.ts";
import type { Served } from "#runtime/targets.ts";
import { traced } from "#runtime/tracing/running-span.ts";
import type { Tracer } from "#runtime/tracing/tracer.ts";
import type { Stores } from "#stores/open-stores.ts";
import { type LocalAccess, type LocalAccessOptions, localAccess } from "./access.ts";
import { InProgress } from "./in-progress.ts";
import { readKnative } from "./knative.ts";
import { type MakeOptions, makeFunctions } from "./make-functions.ts";
import { localServed } from "./routes.ts";
import { systemTimers } from "./timers.ts";
import { type Handlers, type Wiring, wire } from "./wiring.ts";

/** All of lapse in this process. */
export interface Lapse {
  readonly server: FastifyInstance;
  readonly wiring: Wiring;
  readonly handlers: Handlers;
  /** Every route of the server, by function. */
  readonly served: readonly Served[];
  /** Undefined where everyone on this machine may send requests. */
  readonly access: LocalAccess | undefined;
  /** Whether every function can be sent requests. */
  ready(): boolean;
  /** Has every function look now for what it follows, such as the model in service. */
  refresh(): Promise<void>;
  /** From now on they look by themselves. */
  follow(): void;
  /** What is being done now. */
  readonly work: {
    /** Resolves when the events that are being handled and the requests that may change something have ended. */
    settled(): Promise<void>;
    /** Drops events that wait for their delivery. Returns how many there were. */
    forget(which: (event: LapseEvent) => boolean): number;
  };
  /** Takes no more requests and events, lets those in flight end, and then closes the stores. */
  close(): Promise<void>;
}

export interface LapseOptions {
  readonly stores: Stores;
  readonly churn: ChurnSettings;
  readonly logger: Logger;
  readonly now: () => number;
  readonly newId: () => string;
  /** Who may send requests; without it everyone on this machine. */
  readonly access?: LocalAccessOptions | undefined;
  /** Settings of the functions, but for the stores and the churn definition. */
  readonly environment?: Environment | undefined;
  /** Of this process; one is made unless it is given. */
  readonly metrics?: Registry | undefined;
  readonly progress?: MakeOptions["progress"];
  /** Undefined where no traces are recorded. */
  readonly tracer?: Tracer | undefined;
  /** How long events in flight may take to end once lapse is closed. */
  readonly drainMilliseconds: number;
}

/** Joins the functions as the manifests in knative/ join them in a cluster, and puts them behind one server. */
export async function createLapse(options: LapseOptions): Promise<Lapse> {
  const { stores, churn, logger, now, newId, progress, tracer, drainMilliseconds } = options;
  const metrics = options.metrics ?? processRegistry();
  const environment = { ...options.environment, ...churnEnvironment(churn) };
  const functions = await makeFunctions({
    ...{ stores, environment, metrics, logger, now, progress, tracer },
    // They are joined below; nothing is sent before a request comes.
    publish: async (event) => wiring.broker.publish(traced(event)),
    nextRuns: () => wiring.schedule.nextRuns(),
  });
  const { made, storeErrors } = functions;
  const inProgress = new InProgress();
  const handlers = tracked(functions.handlers, inProgress);
  const wiring = wire(await readKnative(), handlers, { timers: systemTimers, newId, logger, tracer });
  const upkeeps = [...made.values()].flatMap(({ upkeep }) => upkeep ?? []);
  const unready = () => upkeeps.map((upkeep) => upkeep.unready()).find((reason) => reason !== undefined);
  const record: AccessSurroundings["record"] = (entry) => stores.audit.append(entry);
  const access = options.access && (await localAccess(options.access, { metrics, logger, now, newId, record }));
  const served = localServed({ stores, wiring, metrics, now, unready, signIn: access?.routes ?? [] }, made);
  const http = createHttpServer();
  const limits = requestLimitsOf(parseConfig(z.object(requestLimitSettings), environment));
  const requests = requestMetrics(metrics);
  const gate = access?.gate ?? machineGate([]);
  const responder = new Responder({
    ...{ requests, storeErrors, logger, limits, gate, stopping: http.isStopping, tracer },
    underWay: (method, ended) => {
      // What only reads stores nothing, and may be read as slowly as its reader likes.
      if (method !== "GET" && method !== "HEAD") void inProgress.track(ended);
    },
    isBehindProxy: false,
  });
  const server = fastifyServer(served, responder, http);
  return {
    server,
    wiring,
    handlers,
    served,
    access,
    ready: () => unready() === undefined,
    refresh: async () => void (await Promise.all(upkeeps.map((upkeep) => upkeep.refresh()))),
    work: {
      settled: () => inProgress.settled(),
      forget: (which) => wiring.broker.forget(which),
    },
    follow: () => {
      for (const upkeep of upkeeps) upkeep.follow();
    },
    close: async () => {
      wiring.schedule.stop();
      await http.drain();
      await server.close();
      await wiring.broker.close(drainMilliseconds);
      await Promise.all(upkeeps.map((upkeep) => upkeep.close()));
      await access?.close();
      await stores.close();
    },
  };
}

/** The same handlers; an event is being handled until its handler ends, even if the broker waits for it no longer. */
function tracked(handlers: Handlers, inProgress: InProgress): Handlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [name, (event) => inProgress.track(handle(event))]),
  );
}
