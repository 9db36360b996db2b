import * as z from "zod";
import { ingestSettings } from "#functions/ingest/definition.ts";
import { predictSettings } from "#functions/predict/definition.ts";
import { webhookSettings } from "#functions/webhook/definition.ts";
import { accessSettings, withAccessRules } from "#runtime/access/access-settings.ts";
import { costSettings } from "#runtime/cost-settings.ts";
import { requestLimitSettings } from "#runtime/request-limits.ts";
import { deadLetterSettings, serverSettings, wholeNumber } from "#runtime/settings.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";

export const startConfig = withAccessRules(
  withStoreRules(
    z.object({
      ...serverSettings,
      ...storeSettings,
      ...accessSettings,
      /** Further names by which this machine may be reached, as the Host header has them. */
      HOSTS: z
        .string()
        .transform((text) => text.split(",").map((name) => name.trim()))
        .pipe(z.array(z.string().regex(/^[A-Za-z0-9.:[\]-]{1,255}$/, "must be a list of host names, without ports.")))
        .optional(),
      /** What went well is on the page and in the answers; the terminal is for people. */
      LOG_LEVEL: serverSettings.LOG_LEVEL.unwrap().default("warn"),
      /** The most bytes that the embedded database may take; then requests that store something get a 507. */
      DATA_LIMIT: wholeNumber(1_048_576, Number.MAX_SAFE_INTEGER).optional(),
      /** The bytes of its disk that stay free. */
      DATA_FREE: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(256 * 1024 * 1024),
      ...requestLimitSettings,
      // Each function reads its own; here they are told by the help page.
      ...deadLetterSettings,
      ...ingestSettings,
      ...predictSettings,
      ...costSettings,
      ...webhookSettings,
    }),
  ),
);
