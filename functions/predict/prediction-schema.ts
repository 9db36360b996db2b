import * as z from "zod";
import { risks } from "#churn/score.ts";

// What predictions are, for readers; prediction.ts and explanation.ts make them, and tests hold them to these schemas.

const user = { user_id: z.string().optional() };
const version = { model_version: z.string() };
const lapsed = z.object({
  ...user,
  state: z.literal("lapsed").describe("No action in the churn window: there is no probability of what has happened."),
  lapsed_since: z.iso.date().optional(),
  ...version,
});
const fault = z.object({ ...user, error: z.string().describe("Why there is no prediction, such as an unknown user.") });
const here = {
  ...user,
  state: z.literal("here"),
  probability: z.number().min(0).max(1).describe("Calibrated probability of churn."),
  risk: z.enum(risks),
  ...version,
};

export const predictionsSchema = z.object({
  predictions: z.array(z.union([z.object(here), lapsed, fault])).describe("One for each instance, in their order."),
});

const reason = z.object({
  feature: z.string(),
  value: z.number(),
  typical: z.number().describe("The median of the users that the model was trained on."),
  contribution: z.number().describe("What it adds to the log-odds of churn, against the typical user."),
  sentence: z.string(),
});

const explained = z.object({
  ...here,
  baseline: z.number().describe("The probability of the typical user."),
  reasons: z.array(reason).describe("Largest contribution towards churn first."),
  other_contributions: z.number().describe("What all further reasons add together."),
});

export const explanationsSchema = predictionsSchema.extend({
  explanations: z.array(z.union([explained, lapsed, fault])),
});
