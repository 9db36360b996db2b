import * as z from "zod";
import { deadLettersSettings } from "#functions/dead-letters/definition.ts";
import { ingestSettings } from "#functions/ingest/definition.ts";
import { predictSettings } from "#functions/predict/definition.ts";
import { requestLimitSettings } from "#runtime/request-limits.ts";
import { serverSettings } from "#runtime/settings.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";

export const startConfig = withStoreRules(
  z.object({
    ...serverSettings,
    ...storeSettings,
    /** What went well is on the page and in the answers; the terminal is for people. */
    LOG_LEVEL: serverSettings.LOG_LEVEL.unwrap().default("warn"),
    ...requestLimitSettings,
    // Each function reads its own; here they are told by the help page.
    ...deadLettersSettings,
    ...ingestSettings,
    ...predictSettings,
  }),
);
