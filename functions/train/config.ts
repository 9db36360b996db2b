import * as z from "zod";
import { serverSettings } from "../../runtime/settings.ts";
import { storeSettings, withStoreRules } from "../../runtime/store-settings.ts";

export const configSchema = withStoreRules(z.object({ ...serverSettings, ...storeSettings }));
