import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import * as z from "zod";
import type { ChurnSettings } from "#churn/definition.ts";
import { machineGate } from "#runtime/access/machine-gate.ts";
import type { AccessSurroundings } from "#runtime/access/open-access.ts";
import { type Environment, parseConfig } from "#runtime/config.ts";
import { fastifyServer } from "#runtime/fastify-listener.ts";
import { createHttpServer } from "#runtime/http-server.ts";
import type { Logger } from "#runtime/logging.ts";
import { processRegistry } from "#runtime/metrics/process.ts";
import { requestMetrics } from "#runtime/metrics/requests.ts";
import { requestLimitSettings, requestLimitsOf } from "#runtime/request-limits.ts";
import { Responder } from "#runtime/responder.ts";
import { churnEnvironment } from "#runtime/settings.ts";
import type { Served } from "#runtime/targets.ts";
import type { Stores } from "#stores/open-stores.ts";
import { type LocalAccess, type LocalAccessOptions, localAccess } from "./access.ts";
import { type MakeOptions, makeFunctions } from "./make-functions.ts";
import { readManifests } from "./manifests.ts";
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
  /** How long events in flight may take to end once lapse is closed. */
  readonly drainMilliseconds: number;
}

const knativeFolder = fileURLToPath(new URL("../../knative", import.meta.url));

/** Joins the functions as the manifests in knative/ join them in a cluster, and puts them behind one server. */
export async function createLapse(options: LapseOptions): Promise<Lapse> {
  const { stores, churn, logger, now, newId, progress, drainMilliseconds } = options;
  const metrics = options.metrics ?? processRegistry();
  const environment = { ...options.environment, ...churnEnvironment(churn) };
  const { made, handlers, storeErrors } = await makeFunctions({ stores, environment, metrics, logger, now, progress });
  const wiring = wire(await readManifests(knativeFolder), handlers, { timers: systemTimers, newId, logger });
  const upkeeps = [...made.values()].flatMap(({ upkeep }) => upkeep ?? []);
  const unready = () => upkeeps.map((upkeep) => upkeep.unready()).find((reason) => reason !== undefined);
  const record: AccessSurroundings["record"] = (entry) => stores.audit.append(entry);
  const access = options.access && (await localAccess(options.access, { metrics, logger, now, newId, record }));
  const served = localServed({ stores, wiring, metrics, now, unready, signIn: access?.signIn }, made);
  const http = createHttpServer();
  const limits = requestLimitsOf(parseConfig(z.object(requestLimitSettings), environment));
  const requests = requestMetrics(metrics);
  const gate = access?.gate ?? machineGate([]);
  const responder = new Responder({ requests, storeErrors, logger, limits, gate, stopping: http.isStopping });
  const server = fastifyServer(served, responder, http);
  return {
    server,
    wiring,
    handlers,
    served,
    access,
    ready: () => unready() === undefined,
    refresh: async () => void (await Promise.all(upkeeps.map((upkeep) => upkeep.refresh()))),
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
