import * as z from "zod";
import { withAccessRules } from "#runtime/access/access-settings.ts";
import { httpFunction } from "#runtime/function-definition.ts";
import { httpFunctionSettings } from "#runtime/function-settings.ts";
import { featureMemoryMetrics } from "#runtime/metrics/feature-memory.ts";
import { modelMetrics } from "#runtime/metrics/model.ts";
import { predictionMetrics } from "#runtime/metrics/predictions.ts";
import { wholeNumber } from "#runtime/settings.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import { firstConnectionMilliseconds } from "#stores/connections/first-connection.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { FeatureMemory } from "./feature-memory.ts";
import { LazyFeatureStore } from "./lazy-feature-store.ts";
import { rehearsePrediction } from "./rehearsal.ts";
import { RevisionWatch } from "./revision-watch.ts";
import { predictServices } from "./services.ts";
import { v1Routes } from "./v1-routes.ts";
import { v2Routes } from "./v2-routes.ts";

export const predictSettings = {
  /** The alias whose version serves. */
  ALIAS: z.enum(["champion", "challenger"], { error: "must be champion or challenger." }).default("champion"),
  /** How often to look where the alias points, and, while users are asked for by id, whether their features are others. */
  POLL_MS: wholeNumber(100, 3_600_000).default(1000),
  /** How much memory may hold features of users, so that predictions by user id need no store; 0 for none. */
  FEATURES_MEMORY_MB: wholeNumber(0, 65_536).default(64),
};

/** How long users in memory are predicted while Elasticsearch is away, in milliseconds: as long as it takes to restart. */
const longestWithoutStore = 60_000;

/** Predicts, in KServe's V1 and V2 protocols, with the model that an alias points at. */
export const predict = httpFunction({
  name: "predict",
  settings: withAccessRules(
    withStoreRules(
      z.object({
        ...httpFunctionSettings,
        ...predictSettings,
        /** Less than elsewhere: what a body holds takes several times its bytes, and the pod has 512 MB. */
        BODIES_LIMIT: wholeNumber(1_048_576, 17_179_869_184).default(32 * 1024 * 1024),
        /** Shorter than elsewhere: somebody waits for the prediction, and most features are read in milliseconds. */
        ELASTICSEARCH_TIMEOUT_MS: wholeNumber(100, 600_000).default(2_000),
      }),
    ),
  ),
  services: async (stores: StoreOpener, { settings, metrics, storeErrors, logger, now }) => {
    // Opened for the first user id: most requests bring their features along, and it takes longer to load than all else.
    const store = new LazyFeatureStore(() => stores.featureStore());
    const isEmbedded = settings.ELASTICSEARCH_URL === undefined;
    const watch = new RevisionWatch({
      store,
      milliseconds: isEmbedded ? 0 : settings.POLL_MS,
      longestWithout: isEmbedded ? 0 : longestWithoutStore,
      // Leaves as much for reading those who are not in memory.
      patience: isEmbedded ? undefined : settings.ELASTICSEARCH_TIMEOUT_MS / 2,
      firstPatience: firstConnectionMilliseconds,
      clock: () => performance.now(),
      storeErrors,
      logger,
    });
    return {
      ...predictServices({
        models: await stores.modelStore(),
        features: new FeatureMemory({
          store,
          watch,
          bytes: settings.FEATURES_MEMORY_MB * 1024 * 1024,
          // Where all functions share a connection, it has the patience of the others.
          deadlineMilliseconds: isEmbedded ? undefined : settings.ELASTICSEARCH_TIMEOUT_MS,
          firstMilliseconds: firstConnectionMilliseconds,
          metrics: featureMemoryMetrics(metrics),
        }),
        alias: settings.ALIAS,
        metrics: { predictions: predictionMetrics(metrics), model: modelMetrics(metrics), storeErrors },
        logger,
        now,
      }),
      pollMilliseconds: settings.POLL_MS,
    };
  },
  routes: (services) => [...v1Routes(services), ...v2Routes(services)],
  upkeep: ({ champion, pollMilliseconds }) => ({
    unready: () => (champion.ready ? undefined : "no model is in service"),
    refresh: () => champion.refresh(),
    follow: () => champion.follow(pollMilliseconds),
    close: () => champion.close(),
  }),
  rehearse: rehearsePrediction,
});
