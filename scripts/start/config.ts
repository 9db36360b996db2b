import * as z from "zod";
import { serverSettings, wholeNumber } from "#runtime/settings.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";

export const startConfig = withStoreRules(
  z.object({
    ...serverSettings,
    ...storeSettings,
    /** What went well is on the page and in the answers; the terminal is for people. */
    LOG_LEVEL: serverSettings.LOG_LEVEL.unwrap().default("warn"),
    /** Largest body that ingest takes, in bytes. */
    BODY_LIMIT: wholeNumber(1_024, 1_073_741_824).default(16 * 1024 * 1024),
    /** How often the predictor looks whether another version is in service. */
    POLL_MS: wholeNumber(100, 3_600_000).default(1000),
  }),
);
