import * as z from "zod";
import { anyEvent } from "#runtime/event-kind.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { deadLetterMetrics } from "#runtime/metrics/dead-letters.ts";
import { wholeNumber } from "#runtime/settings.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import type { StoreOpener } from "#stores/store-opener.ts";
import { handle } from "./function.ts";

export const deadLettersSettings = {
  /** The most letters that are kept; the log warns from four fifths of it on. */
  DEAD_LETTERS_LIMIT: wholeNumber(1, 10_000_000).default(10_000),
};

/** Keeps the events that no function took. */
export const deadLetters = eventFunction({
  name: "dead-letters",
  settings: withStoreRules(z.object({ ...eventFunctionSettings, ...deadLettersSettings })),
  services: async (stores: StoreOpener, { settings, metrics, logger, now }) => {
    const letters = await stores.deadLetters();
    const mostLetters = settings.DEAD_LETTERS_LIMIT;
    return {
      deadLetters: letters,
      mostLetters,
      now,
      logger,
      metrics: deadLetterMetrics(metrics, () => letters.count()),
    };
  },
  takes: [anyEvent],
  handle,
});
