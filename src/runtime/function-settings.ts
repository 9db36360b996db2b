import { pushSettings, serverSettings } from "./settings.ts";
import { type StoreSettings, storeSettings } from "./store-settings.ts";

/** Of functions that serve HTTP; take `withStoreRules` for a schema that has them. */
export const httpFunctionSettings = { ...serverSettings, ...storeSettings };

/** Of functions that take events; take `withStoreRules` for a schema that has them. */
export const eventFunctionSettings = { ...serverSettings, ...pushSettings, ...storeSettings };

/** What every process of a function reads of its settings. */
export interface FunctionSettings extends StoreSettings {
  readonly PORT: number;
  readonly METRICS_PORT?: number | undefined;
  readonly LOG_LEVEL: string;
  readonly DRAIN_SECONDS: number;
  readonly PUSHGATEWAY_URL?: string | undefined;
}
