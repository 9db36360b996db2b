import * as z from "zod";
import { mostValue } from "#churn/intake/number.ts";
import { textLimits } from "#churn/intake/text.ts";
import { describedAction } from "#runtime/described-action.ts";
import { mostActions } from "./limits.ts";

const userId = z.union([z.string().min(1).max(textLimits.user_id), z.int()]);
const label = userId.optional().describe("Only repeated in the prediction.");

const action = describedAction.extend({ value: z.number().min(-mostValue).max(mostValue).nullish() });

/** What an instance of a V1 request may be, for readers: instance.ts reads it. */
export const instanceSchema = z.union([
  z.strictObject({ user_id: userId }).describe("A stored user."),
  z
    .strictObject({ features: z.record(z.string(), z.number()), user_id: label })
    .describe("All features of the model by name; GET /v2/models/churn lists them."),
  z
    .strictObject({ actions: z.array(action).min(1).max(mostActions), at: z.iso.date().optional(), user_id: label })
    .describe("A user who is not stored, by their actions before the UTC day `at`, or up to now."),
  z.array(z.number()).describe("All features as a vector, in the model's order."),
  z.unknown().describe("Of anything else the fault is told in its place, and the others are predicted."),
]);
