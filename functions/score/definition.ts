import * as z from "zod";
import { costSettings, costsOf } from "#runtime/cost-settings.ts";
import { featuresUpdated, modelPromoted, scoreSlice } from "#runtime/event-kinds.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { scoreMetrics } from "#runtime/metrics/scores.ts";
import { recordedRuns } from "#runtime/recorded-runs.ts";
import { sliceSettings, slicingOf } from "#runtime/slice-settings.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { handle } from "./function.ts";
import { withArms } from "./with-arms.ts";

/** Scores every user who is here with the champion, and with the challenger in shadow; in slices where there are many. */
export const score = eventFunction({
  name: "score",
  settings: withStoreRules(z.object({ ...eventFunctionSettings, ...sliceSettings, ...costSettings })),
  services: async (stores: StoreOpener, { settings, metrics, logger, skippedUsers, now, publish, progress }) => {
    const campaigns = await stores.campaignStore();
    return {
      actions: await stores.actionStore(),
      features: await stores.featureStore(),
      models: await stores.modelStore(),
      audit: await stores.audit(),
      ledger: withArms(await stores.ledger(), campaigns),
      campaigns,
      costs: costsOf(settings),
      users: await stores.userList(),
      runs: await stores.runStore(),
      slicing: slicingOf(settings, publish),
      logger,
      now,
      skipping: { logger, skippedUsers },
      progress,
      metrics: scoreMetrics(metrics),
    };
  },
  takes: [featuresUpdated, modelPromoted, scoreSlice],
  handle: recordedRuns("score", handle),
  inSlices: true,
});
