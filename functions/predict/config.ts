import * as z from "zod";
import { dataSettings, serverSettings, wholeNumber } from "../../runtime/settings.ts";

export const configSchema = z.object({
  ...serverSettings,
  ...dataSettings,
  /** The alias whose version serves. */
  ALIAS: z.enum(["champion", "challenger"], { error: "must be champion or challenger." }).default("champion"),
  /** How often to look where the alias points. */
  POLL_MS: wholeNumber(100, 3_600_000).default(1000),
});
