import * as z from "zod";
import { formatDay } from "#churn/day.ts";
import { groupOf } from "#churn/features/feature-group.ts";
import { type ListedUser, valueAtRisk } from "#churn/list/listed-user.ts";
import { risksThen } from "#churn/risk-change.ts";

const reason = z.object({ group: z.string(), sentence: z.string(), value: z.number(), typical: z.number() });

/** A user as tools read them. What is not known is left out. */
export const userSchema = z.object({
  user_id: z.string(),
  state: z.enum(["here", "lapsed"]),
  lapsed_since: z.string().optional(),
  probability: z.number().optional().describe("Of leaving; of who is here."),
  risk: z.enum(["low", "medium", "high"]).optional(),
  risk_before: z.enum(risksThen).optional().describe("On the list before."),
  value: z.number().optional().describe("In a churn window, on average lately."),
  value_at_risk: z.number().optional(),
  silent_days: z.number().optional(),
  tenure_days: z.number().optional(),
  usual_gap_days: z.number().optional().describe("Mean days between this user's own active days."),
  typical_gap_days: z.number().optional().describe("The median of the users that the model learned from."),
  reasons: z.array(reason),
  snapshot: z.string(),
  model_version: z.string(),
});

export function userJson(user: ListedUser): z.infer<typeof userSchema> {
  return {
    user_id: user.userId,
    state: user.state,
    lapsed_since: user.lapsedSince === undefined ? undefined : formatDay(user.lapsedSince),
    probability: user.probability,
    risk: user.risk,
    risk_before: user.riskBefore,
    value: user.value,
    value_at_risk: valueAtRisk(user),
    silent_days: user.silence,
    tenure_days: user.tenure,
    usual_gap_days: user.usualGap,
    typical_gap_days: user.typicalGap,
    reasons: user.reasons.map(({ feature, sentence, value, typical }) => ({
      group: groupOf(feature),
      sentence,
      value,
      typical,
    })),
    snapshot: formatDay(user.snapshot),
    model_version: user.modelVersion,
  };
}
