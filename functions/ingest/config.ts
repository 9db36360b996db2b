import * as z from "zod";
import { serverSettings, wholeNumber } from "#runtime/settings.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";

export const configSchema = withStoreRules(
  z.object({
    ...serverSettings,
    ...storeSettings,
    /** Largest body taken, in bytes. */
    BODY_LIMIT: wholeNumber(1_024, 1_073_741_824).default(16 * 1024 * 1024),
  }),
);
