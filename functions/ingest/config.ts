import * as z from "zod";
import { dataSettings, serverSettings, wholeNumber } from "../../runtime/settings.ts";

export const configSchema = z.object({
  ...serverSettings,
  ...dataSettings,
  /** Largest body taken, in bytes. */
  BODY_LIMIT: wholeNumber(1_024, 1_073_741_824).default(16 * 1024 * 1024),
});
