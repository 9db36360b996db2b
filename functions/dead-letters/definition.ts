import * as z from "zod";
import { anyEvent } from "#runtime/event-kind.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import { handle } from "./function.ts";

/** Keeps the events that a broker has given up on. */
export const deadLetters = eventFunction({
  name: "dead-letters",
  settings: withStoreRules(z.object(eventFunctionSettings)),
  services: async (_stores: unknown, { deadLetters: keeper }) => ({ keeper }),
  takes: [anyEvent],
  handle,
});
