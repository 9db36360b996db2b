import type { Logger } from "#runtime/logging.ts";
import type { ModelMetrics } from "#runtime/metrics/model.ts";
import type { PredictionMetrics } from "#runtime/metrics/predictions.ts";
import type { StoreErrorMetrics } from "#runtime/metrics/store-errors.ts";
import type { AliasName, ModelStore } from "#stores/models/model-store.ts";
import { Champion } from "./champion.ts";
import type { RowSource } from "./feature-memory.ts";
import { ModelCache } from "./model-cache.ts";
import { type RowReaders, rowReaders } from "./rows.ts";
import { type NewVector, vectorsInPieces } from "./vectors.ts";

/** What the routes need. Call `champion.refresh()` for a model to serve, and `champion.follow()` to keep up with it. */
export interface PredictServices {
  readonly champion: Champion;
  /** Every version, for requests that name one. */
  readonly cache: ModelCache;
  readonly models: Pick<ModelStore, "versions">;
  readonly features: RowSource;
  readonly readerOf: RowReaders;
  readonly newVector: NewVector;
  readonly metrics: PredictMetrics;
  readonly logger: Pick<Logger, "info" | "warn" | "error">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface PredictMetrics {
  readonly predictions: PredictionMetrics;
  readonly model: ModelMetrics;
  readonly storeErrors: StoreErrorMetrics;
}

export interface PredictOptions
  extends Omit<PredictServices, "champion" | "cache" | "models" | "readerOf" | "newVector"> {
  readonly models: Pick<ModelStore, "alias" | "model" | "versions" | "history">;
  /** The alias whose version serves. */
  readonly alias: AliasName;
}

/** Nothing is loaded yet: the predictor is up before its model is, and not ready until then. */
export function predictServices({ alias, ...options }: PredictOptions): PredictServices {
  const { models, metrics, logger, now } = options;
  const cache = new ModelCache(models);
  const { model, storeErrors } = metrics;
  const champion = new Champion({ models, cache, alias, metrics: model, storeErrors, logger, now });
  return { ...options, cache, champion, readerOf: rowReaders(), newVector: vectorsInPieces() };
}
