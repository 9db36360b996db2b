import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { risksTold, usersScored } from "#runtime/event-kinds.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { brokerSettings, publishTo } from "#runtime/publish-to.ts";
import { recordedRuns } from "#runtime/recorded-runs.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { handle } from "./function.ts";

const changesSettings = {
  ...eventFunctionSettings,
  /** Where the events of users are sent: a function may answer with one event only. */
  ...brokerSettings,
};

/** Tells of each user whose risk has changed by a new list, and then what there is to know of the day. */
export const changes = eventFunction({
  name: "changes",
  settings: withStoreRules(z.object(changesSettings)),
  services: async (stores: StoreOpener, { settings, now, publish = publishTo(settings) }) => {
    if (publish === undefined) throw new InvalidInput("BROKER_URL must be set: changes are sent there.");
    return {
      users: await stores.userList(),
      ledger: await stores.ledger(),
      audit: await stores.audit(),
      runs: await stores.runStore(),
      publish,
      now,
    };
  },
  takes: [usersScored, risksTold],
  handle: recordedRuns("changes", handle),
});
