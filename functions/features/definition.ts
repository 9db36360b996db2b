import * as z from "zod";
import { featuresPing } from "#runtime/event-kinds.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { featureMetrics } from "#runtime/metrics/features.ts";
import { churnSettings, churnSettingsOf, withChurnRules } from "#runtime/settings.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { handle } from "./function.ts";

/** Rolls the log up, and replaces the features of all users. */
export const features = eventFunction({
  name: "features",
  settings: withChurnRules(withStoreRules(z.object({ ...eventFunctionSettings, ...churnSettings }))),
  services: async (stores: StoreOpener, { settings, metrics, logger, skippedUsers, now, progress }) => ({
    actions: await stores.actionStore(),
    features: await stores.featureStore(),
    models: await stores.modelStore(),
    churn: churnSettingsOf(settings),
    now,
    skipping: { logger, skippedUsers },
    progress,
    metrics: featureMetrics(metrics),
  }),
  takes: [featuresPing],
  handle,
});
