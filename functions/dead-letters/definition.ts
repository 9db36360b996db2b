import * as z from "zod";
import { anyEvent } from "#runtime/event-kind.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { deadLetterMetrics } from "#runtime/metrics/dead-letters.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { handle } from "./function.ts";

/** Keeps the events that no function took. */
export const deadLetters = eventFunction({
  name: "dead-letters",
  settings: withStoreRules(z.object(eventFunctionSettings)),
  services: async (stores: StoreOpener, { metrics, logger, now }) => {
    const letters = await stores.deadLetters();
    return { deadLetters: letters, now, logger, metrics: deadLetterMetrics(metrics, () => letters.count()) };
  },
  takes: [anyEvent],
  handle,
});
