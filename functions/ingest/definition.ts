import { randomUUID } from "node:crypto";
import * as z from "zod";
import { oldestMilliseconds } from "#churn/intake/read-time.ts";
import { withAccessRules } from "#runtime/access/access-settings.ts";
import { actionEvent, contactEvent } from "#runtime/event-kinds.ts";
import { httpFunction } from "#runtime/function-definition.ts";
import { httpFunctionSettings } from "#runtime/function-settings.ts";
import { Lane } from "#runtime/lane.ts";
import { actionMetrics } from "#runtime/metrics/actions.ts";
import type { Route } from "#runtime/route.ts";
import { intakeSettings, wholeNumber } from "#runtime/settings.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { aboutIngest } from "./api.ts";
import { CampaignWatch } from "./campaign-watch.ts";
import { handle, handleEvent } from "./function.ts";
import { importRoute } from "./import-route.ts";
import { rehearseAction } from "./rehearsal.ts";
import { Rejections } from "./rejections.ts";

export const ingestSettings = {
  ...intakeSettings,
  /** Largest body taken, in bytes. */
  BODY_LIMIT: wholeNumber(1_024, 1_073_741_824).default(16 * 1024 * 1024),
  /** The most items in one request. */
  ITEMS_LIMIT: wholeNumber(1, 10_000_000).default(100_000),
};

/** A body of more bytes than this holds many items. */
const largeBody = 64 * 1024;
/** So many of them are read and stored at a time, as what is made of one takes many times its memory; small ones pass them. */
const mostLargeBodies = 8;

/** Takes actions, from applications over HTTP and from the Broker. */
export const ingest = httpFunction({
  name: "ingest",
  settings: withAccessRules(withStoreRules(z.object({ ...httpFunctionSettings, ...ingestSettings }))),
  services: async (stores: StoreOpener, { settings, metrics, logger, now }) => {
    const audit = await stores.audit();
    const rejections = new Rejections({ audit, newId: randomUUID, now });
    return {
      audit,
      newId: randomUUID,
      actions: await stores.actionStore(),
      contacts: await stores.contactStore(),
      campaignWatch: new CampaignWatch({
        campaigns: await stores.campaignStore(),
        warn: (message) => logger.warn({ "event.action": contactEvent.type }, message),
        now,
      }),
      now,
      oldest: () => settings.OLDEST_ACTION ?? now() - oldestMilliseconds,
      metrics: rejections.counting(actionMetrics(metrics)),
      rejections,
      logger,
      bodyLimit: settings.BODY_LIMIT,
      mostItems: settings.ITEMS_LIMIT,
    };
  },
  // It follows nothing; what it has counted is recorded before it ends.
  upkeep: ({ rejections }) => ({
    unready: () => undefined,
    refresh: async () => undefined,
    follow: () => undefined,
    close: () => rejections.flush(),
  }),
  rehearse: rehearseAction,
  takes: [actionEvent, contactEvent],
  handle: handleEvent,
  // At the root, where a Broker sends events; /events stands for all of it where one port serves every function.
  routes: ({ bodyLimit, ...services }) => {
    const large = new Lane(mostLargeBodies);
    return [
      ...["/", "/events"].map(
        (path): Route => ({
          method: "POST",
          path,
          access: "send",
          about: aboutIngest,
          bodyLimit,
          handle: (request) =>
            request.body.length <= largeBody ? handle(request, services) : large.run(() => handle(request, services)),
        }),
      ),
      importRoute(services),
    ];
  },
});
