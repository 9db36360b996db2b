import { accessSettings, eventAccessSettings } from "./access/access-settings.ts";
import { requestLimitSettings } from "./request-limits.ts";
import { deadLetterSettings, pushSettings, serverSettings } from "./settings.ts";
import { type StoreSettings, storeSettings } from "./store-settings.ts";
import type { TraceSettings } from "./tracing/trace-settings.ts";

/** Of functions that serve HTTP; take `withStoreRules` and `withAccessRules` for a schema that has them. */
export const httpFunctionSettings = {
  ...serverSettings,
  ...requestLimitSettings,
  ...storeSettings,
  ...deadLetterSettings,
  ...accessSettings,
  ...eventAccessSettings,
};

/** Of functions that take events; take `withStoreRules` for a schema that has them. */
export const eventFunctionSettings = {
  ...serverSettings,
  ...requestLimitSettings,
  ...pushSettings,
  ...storeSettings,
  ...deadLetterSettings,
  ...eventAccessSettings,
};

/** What every process of a function reads of its settings. */
export interface FunctionSettings extends StoreSettings, TraceSettings {
  readonly PORT: number;
  readonly METRICS_PORT?: number | undefined;
  readonly LOG_LEVEL: string;
  readonly DRAIN_SECONDS: number;
  readonly BODY_SECONDS: number;
  readonly BODIES_LIMIT: number;
  readonly DEAD_LETTERS_LIMIT: number;
  readonly PUSHGATEWAY_URL?: string | undefined;
}
