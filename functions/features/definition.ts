import * as z from "zod";
import { featuresPing, featuresSlice, rollUpSlice } from "#runtime/event-kinds.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { featureMetrics } from "#runtime/metrics/features.ts";
import { recordedRuns } from "#runtime/recorded-runs.ts";
import { churnSettings, churnSettingsOf, withChurnRules } from "#runtime/settings.ts";
import { sliceSettings, slicingOf } from "#runtime/slice-settings.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { handle } from "./function.ts";

/** Rolls the actions up, and replaces the features of all users, in slices where there are many. */
export const features = eventFunction({
  name: "features",
  settings: withChurnRules(withStoreRules(z.object({ ...eventFunctionSettings, ...churnSettings, ...sliceSettings }))),
  services: async (stores: StoreOpener, { settings, metrics, logger, skippedUsers, now, publish, progress }) => ({
    actions: await stores.actionStore(),
    features: await stores.featureStore(),
    models: await stores.modelStore(),
    runs: await stores.runStore(),
    audit: await stores.audit(),
    churn: churnSettingsOf(settings),
    slicing: slicingOf(settings, publish),
    logger,
    now,
    skipping: { logger, skippedUsers },
    progress,
    metrics: featureMetrics(metrics),
  }),
  takes: [featuresPing, rollUpSlice, featuresSlice],
  handle: recordedRuns("features", handle),
  inSlices: true,
});
