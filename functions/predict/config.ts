import * as z from "zod";
import { serverSettings, wholeNumber } from "#runtime/settings.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";

export const configSchema = withStoreRules(
  z.object({
    ...serverSettings,
    ...storeSettings,
    /** Shorter than elsewhere: somebody waits for the prediction, and most features are read in milliseconds. */
    ELASTICSEARCH_TIMEOUT_MS: wholeNumber(100, 600_000).default(2_000),
    /** The alias whose version serves. */
    ALIAS: z.enum(["champion", "challenger"], { error: "must be champion or challenger." }).default("champion"),
    /** How often to look where the alias points. */
    POLL_MS: wholeNumber(100, 3_600_000).default(1000),
  }),
);
