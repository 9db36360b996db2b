import * as z from "zod";
import { featuresUpdated, modelPromoted } from "#runtime/event-kinds.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { scoreMetrics } from "#runtime/metrics/scores.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { handle } from "./function.ts";
import { withArms } from "./with-arms.ts";

/** Scores every user who is here with the champion, and with the challenger in shadow. */
export const score = eventFunction({
  name: "score",
  settings: withStoreRules(z.object(eventFunctionSettings)),
  services: async (stores: StoreOpener, { metrics, logger, skippedUsers, now, progress }) => ({
    features: await stores.featureStore(),
    models: await stores.modelStore(),
    ledger: withArms(await stores.ledger(), await stores.campaignStore()),
    users: await stores.userList(),
    logger,
    now,
    skipping: { logger, skippedUsers },
    progress,
    metrics: scoreMetrics(metrics),
  }),
  takes: [featuresUpdated, modelPromoted],
  handle,
});
