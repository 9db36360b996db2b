import * as z from "zod";
import { isSliceCount } from "#churn/buckets.ts";
import type { Surroundings } from "./function-definition.ts";
import { brokerSettings, publishTo } from "./publish-to.ts";

/** Of functions that cut their work into slices. */
export const sliceSettings = {
  /** How many slices a run is cut into; by default the number of users decides. */
  SLICES: z
    .string()
    .regex(/^\d{1,3}$/, { error: "must be 1, 2, 4, 8, 16, 32, 64, 128 or 256.", abort: true })
    .transform(Number)
    .refine(isSliceCount, "must be 1, 2, 4, 8, 16, 32, 64, 128 or 256.")
    .optional(),
  /** The Broker, which hands slices out; without it a run is one slice. */
  ...brokerSettings,
};

const sliceSettingsSchema = z.object(sliceSettings);

/** How a function hands out slices. */
export interface Slicing {
  /** Undefined where the number of users decides. */
  readonly slices: number | undefined;
  /** Undefined where there is no broker: then nothing is cut into slices. */
  readonly publish: Surroundings["publish"];
}

/** `publish` is that of a process that has a broker of its own. */
export function slicingOf(settings: z.infer<typeof sliceSettingsSchema>, publish: Surroundings["publish"]): Slicing {
  return {
    slices: settings.SLICES,
    publish: publish ?? publishTo(settings),
  };
}
