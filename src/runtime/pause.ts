import { setImmediate } from "node:timers/promises";
import type { Pause } from "#churn/steps.ts";

/** Between two steps of long work: predictions in the same process, as on a laptop, are answered meanwhile. */
export const pause: Pause = () => setImmediate();
