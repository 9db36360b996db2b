import type { Registry } from "prom-client";
import type { ChurnSettings } from "#churn/definition.ts";
import { handle as keepDeadLetter } from "#functions/dead-letters/function.ts";
import { handle as updateFeatures } from "#functions/features/function.ts";
import { handle as ingest } from "#functions/ingest/function.ts";
import type { IngestServices } from "#functions/ingest/ingest-items.ts";
import { handle as monitor } from "#functions/monitor/function.ts";
import { handle as score } from "#functions/score/function.ts";
import { handle as train } from "#functions/train/function.ts";
import { type LapseEvent, toStructured } from "#runtime/events.ts";
import type { LogFields, Logger } from "#runtime/logging.ts";
import { measured } from "#runtime/measured.ts";
import { deadLetterMetrics } from "#runtime/metrics/dead-letters.ts";
import { driftMetrics } from "#runtime/metrics/drift.ts";
import { eventMetrics } from "#runtime/metrics/events.ts";
import { featureMetrics } from "#runtime/metrics/features.ts";
import { aliasMetrics } from "#runtime/metrics/models.ts";
import { scoreMetrics } from "#runtime/metrics/scores.ts";
import type { StoreErrorMetrics } from "#runtime/metrics/store-errors.ts";
import { trainingMetrics } from "#runtime/metrics/training.ts";
import type { Stores } from "#stores/open-stores.ts";
import type { Handlers } from "./wiring.ts";

export interface HandlerOptions {
  readonly stores: Stores;
  readonly ingest: IngestServices;
  readonly churn: ChurnSettings;
  readonly now: () => number;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly storeErrors: StoreErrorMetrics;
  /** Told how far a function has come, by its name. */
  readonly progress?: ((name: string, done: number, total: number | undefined) => void) | undefined;
}

type Handle = (event: LapseEvent, fields: LogFields) => Promise<LapseEvent | undefined>;

/** The functions of this process, by the name of their Service in knative/. */
export function functionHandlers(options: HandlerOptions): Handlers {
  const { stores, churn, now, logger, metrics, storeErrors } = options;
  const progress = (name: string) => (done: number, total?: number) => options.progress?.(name, done, total);
  const featureServices = { ...stores, churn, now, metrics: featureMetrics(metrics), progress: progress("features") };
  const trainServices = { ...stores, now, metrics: trainingMetrics(metrics), progress: progress("train") };
  const scoreServices = { ...stores, now, metrics: scoreMetrics(metrics), progress: progress("score") };
  const monitorServices = { ...stores, now, drift: driftMetrics(metrics), aliasMetrics: aliasMetrics(metrics) };
  const { deadLetters } = stores;
  const deadLetterServices = {
    deadLetters,
    now,
    logger,
    metrics: deadLetterMetrics(metrics, () => deadLetters.count()),
  };
  const handlers: Record<string, Handle> = {
    ingest: (event) => ingestEvent(event, options.ingest),
    features: (event) => updateFeatures(event, featureServices),
    train: (event) => train(event, trainServices),
    score: (event) => score(event, scoreServices),
    monitor: (event) => monitor(event, monitorServices),
    "dead-letters": (event, fields) => keepDeadLetter(event, deadLetterServices, fields),
  };
  const events = eventMetrics(metrics);
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [name, measured(handle, { name, events, logger, storeErrors })]),
  );
}

async function ingestEvent(event: LapseEvent, services: IngestServices): Promise<undefined> {
  const { headers, body } = toStructured(event);
  await ingest({ method: "POST", path: "/", headers, body: Buffer.from(body) }, services);
}
