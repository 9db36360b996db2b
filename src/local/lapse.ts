import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { ChurnSettings } from "#churn/definition.ts";
import type { IngestServices } from "#functions/ingest/ingest-items.ts";
import { type PredictServices, predictServices } from "#functions/predict/services.ts";
import type { Logger } from "#runtime/logging.ts";
import { actionMetrics } from "#runtime/metrics/actions.ts";
import { modelMetrics } from "#runtime/metrics/model.ts";
import { predictionMetrics } from "#runtime/metrics/predictions.ts";
import { processRegistry } from "#runtime/metrics/process.ts";
import { requestMetrics } from "#runtime/metrics/requests.ts";
import { storeErrorMetrics } from "#runtime/metrics/store-errors.ts";
import type { Stores } from "#stores/open-stores.ts";
import { functionHandlers, type HandlerOptions } from "./handlers.ts";
import { readManifests } from "./manifests.ts";
import { createLocalServer } from "./server.ts";
import { systemTimers } from "./timers.ts";
import { type Handlers, type Wiring, wire } from "./wiring.ts";

/** All of lapse in this process. */
export interface Lapse {
  readonly server: FastifyInstance;
  readonly wiring: Wiring;
  readonly handlers: Handlers;
  readonly predict: PredictServices;
  /** Takes no more requests and events, lets those in flight end, and then closes the stores. */
  close(): Promise<void>;
}

export interface LapseOptions {
  readonly stores: Stores;
  readonly churn: ChurnSettings;
  readonly logger: Logger;
  readonly now: () => number;
  readonly newId: () => string;
  /** Of this process; one is made unless it is given. */
  readonly metrics?: Registry | undefined;
  readonly progress?: HandlerOptions["progress"];
  /** Largest body that ingest takes, in bytes. */
  readonly bodyLimit: number;
  /** How long events in flight may take to end once lapse is closed. */
  readonly drainMilliseconds: number;
}

const knativeFolder = fileURLToPath(new URL("../../knative", import.meta.url));

/** Joins the functions as the manifests in knative/ join them in a cluster, and puts them behind one server. */
export async function createLapse(options: LapseOptions): Promise<Lapse> {
  const { stores, churn, logger, now, newId, progress, bodyLimit, drainMilliseconds } = options;
  const metrics = options.metrics ?? processRegistry();
  const requests = requestMetrics(metrics);
  const storeErrors = storeErrorMetrics(metrics);
  const ingest: IngestServices = { actions: stores.actions, now, metrics: actionMetrics(metrics) };
  const handlers = functionHandlers({ stores, ingest, churn, now, logger, metrics, storeErrors, progress });
  const wiring = wire(await readManifests(knativeFolder), handlers, { timers: systemTimers, newId, logger });
  const predict = predictServices({
    models: stores.models,
    features: stores.features,
    alias: "champion",
    metrics: { requests, predictions: predictionMetrics(metrics), model: modelMetrics(metrics), storeErrors },
    logger,
    now,
  });
  const server = createLocalServer({
    stores,
    wiring,
    // Events over the broker are told of by what measures them.
    ingest: { ...ingest, logger },
    predict,
    metrics,
    requests,
    logger,
    bodyLimit,
  });
  return {
    server,
    wiring,
    handlers,
    predict,
    close: async () => {
      wiring.schedule.stop();
      await server.close();
      await wiring.broker.close(drainMilliseconds);
      await predict.champion.close();
      await stores.close();
    },
  };
}
