import * as z from "zod";

const userId = z.union([z.string().min(1).max(256), z.int()]);
const label = userId.optional().describe("Only repeated in the prediction.");

const action = z.object({
  action: z.string().min(1).max(128),
  timestamp: z
    .union([z.iso.datetime({ offset: true }), z.number().min(0)])
    .describe("ISO 8601 with its zone, or seconds or milliseconds since 1970."),
  value: z.number().nullish(),
  event_id: z.string().min(1).max(1024).nullish(),
});

/** What an instance of a V1 request may be, for readers: instance.ts reads it. */
export const instanceSchema = z.union([
  z.strictObject({ user_id: userId }).describe("A stored user."),
  z
    .strictObject({ features: z.record(z.string(), z.number()), user_id: label })
    .describe("All features of the model by name; GET /v2/models/churn lists them."),
  z
    .strictObject({ actions: z.array(action).min(1).max(10_000), at: z.iso.date().optional(), user_id: label })
    .describe("A user who is not stored, by their actions before the UTC day `at`, or up to now."),
  z.array(z.number()).describe("All features as a vector, in the model's order."),
  z.unknown().describe("Of anything else the fault is told in its place, and the others are predicted."),
]);
