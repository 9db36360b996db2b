import { randomUUID } from "node:crypto";
import * as z from "zod";
import { oldestMilliseconds } from "#churn/intake/read-time.ts";
import { missingPage } from "#pages/missing-page.ts";
import { withAccessRules } from "#runtime/access/access-settings.ts";
import { calledAsSetting } from "#runtime/called-as.ts";
import { costSettings, costsOf } from "#runtime/cost-settings.ts";
import { httpFunction } from "#runtime/function-definition.ts";
import { httpFunctionSettings } from "#runtime/function-settings.ts";
import { brokerSettings, publishTo } from "#runtime/publish-to.ts";
import { nextRuns as nextRunsOf, scheduleSettings } from "#runtime/schedules.ts";
import { intakeSettings } from "#runtime/settings.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import { webhookUrlSetting } from "#runtime/webhook-url.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { campaignRoutes } from "./campaigns/routes.ts";
import { modelRoutes } from "./model/routes.ts";
import { operationsRoutes } from "./operations/routes.ts";
import type { DeskServices } from "./services.ts";
import { deskPeople } from "./sign-in/people.ts";
import { todayRoutes } from "./today/routes.ts";
import { userRoutes } from "./users/routes.ts";

const deskSettings = {
  ...httpFunctionSettings,
  ...intakeSettings,
  /** Where the desk sends what follows from a promotion, and dead letters again. */
  ...brokerSettings,
  ...costSettings,
  ...scheduleSettings,
  ...webhookUrlSetting,
  ...calledAsSetting,
};

/** The pages for the people who keep users, and the same for tools. */
export const desk = httpFunction({
  name: "desk",
  settings: withAccessRules(withStoreRules(z.object(deskSettings))),
  services: async (
    stores: StoreOpener,
    { settings, settings: { SCHEDULES: schedules }, logger, now, publish, nextRuns },
  ): Promise<DeskServices> => ({
    actions: await stores.actionStore(),
    features: await stores.featureStore(),
    models: await stores.modelStore(),
    ledger: await stores.ledger(),
    campaigns: await stores.campaignStore(),
    contacts: await stores.contactStore(),
    users: await stores.userList(),
    deadLetters: await stores.deadLetters(),
    audit: await stores.audit(),
    logger,
    now,
    oldest: () => settings.OLDEST_ACTION ?? now() - oldestMilliseconds,
    newId: randomUUID,
    publish: publish ?? publishTo(settings),
    hasReceiver: settings.WEBHOOK_URL !== undefined,
    nextRuns: nextRuns ?? (schedules && (() => nextRunsOf(schedules, now()))),
    costs: costsOf(settings),
    calledAs: settings.LAPSE_CALLED_AS,
  }),
  people: deskPeople,
  missing: (error) => missingPage("/", "Today")(error, { caller: undefined }),
  routes: (services) => [
    ...todayRoutes(services),
    ...userRoutes(services),
    ...campaignRoutes(services),
    ...modelRoutes(services),
    ...operationsRoutes(services),
  ],
});
