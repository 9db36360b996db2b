import * as z from "zod";
import { churnSettings, pushSettings, serverSettings } from "#runtime/settings.ts";
import { storeSettings, withStoreRules } from "#runtime/store-settings.ts";

export const configSchema = withStoreRules(
  z.object({ ...serverSettings, ...pushSettings, ...storeSettings, ...churnSettings }),
);
