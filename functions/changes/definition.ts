import * as z from "zod";
import { usersRiskChanged, usersScored } from "#runtime/event-kinds.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { handle } from "./function.ts";

/** Tells whose risk has changed by a new list, event by event, and then what there is to know of the day. */
export const changes = eventFunction({
  name: "changes",
  settings: withStoreRules(z.object(eventFunctionSettings)),
  services: async (stores: StoreOpener, { now }) => ({
    users: await stores.userList(),
    ledger: await stores.ledger(),
    models: await stores.modelStore(),
    now,
  }),
  takes: [usersScored, usersRiskChanged],
  handle,
});
