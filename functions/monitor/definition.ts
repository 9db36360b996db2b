import * as z from "zod";
import { featuresUpdated, modelPromoted, modelRejected, usersScored } from "#runtime/event-kinds.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { backupMetrics } from "#runtime/metrics/backups.ts";
import { driftMetrics } from "#runtime/metrics/drift.ts";
import { aliasMetrics } from "#runtime/metrics/models.ts";
import { promiseMetrics } from "#runtime/metrics/promises.ts";
import { recordedRuns } from "#runtime/recorded-runs.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { handle } from "./function.ts";

/** Sees whether the model is still right, whether what it promised has happened, and what campaigns did. */
export const monitor = eventFunction({
  name: "monitor",
  settings: withStoreRules(z.object(eventFunctionSettings)),
  services: async (stores: StoreOpener, { metrics, logger, skippedUsers, now }) => ({
    actions: await stores.actionStore(),
    features: await stores.featureStore(),
    ledger: await stores.ledger(),
    models: await stores.modelStore(),
    runs: await stores.runStore(),
    audit: await stores.audit(),
    campaigns: await stores.campaignStore(),
    logger,
    now,
    skipping: { logger, skippedUsers },
    backups: backupMetrics(metrics),
    drift: driftMetrics(metrics),
    aliasMetrics: aliasMetrics(metrics),
    promises: promiseMetrics(metrics),
  }),
  takes: [featuresUpdated, usersScored, modelPromoted, modelRejected],
  handle: recordedRuns("monitor", handle, { always: true }),
});
