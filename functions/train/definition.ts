import * as z from "zod";
import { trainPing } from "#runtime/event-kinds.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { trainingMetrics } from "#runtime/metrics/training.ts";
import { recordedRuns } from "#runtime/recorded-runs.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { handle } from "./function.ts";

/** Trains a model, judges it out of time, and puts it into service if it proves better. */
export const train = eventFunction({
  name: "train",
  settings: withStoreRules(z.object(eventFunctionSettings)),
  services: async (stores: StoreOpener, { metrics, logger, skippedUsers, now, progress }) => ({
    actions: await stores.actionStore(),
    features: await stores.featureStore(),
    models: await stores.modelStore(),
    audit: await stores.audit(),
    campaigns: await stores.campaignStore(),
    now,
    skipping: { logger, skippedUsers },
    progress,
    metrics: trainingMetrics(metrics),
  }),
  takes: [trainPing],
  handle: recordedRuns("train", handle),
});
