import * as z from "zod";
import { arms } from "#churn/campaign/campaign.ts";
import { noEstimates } from "#churn/campaign/judge-outcome.ts";
import { rankings } from "#churn/campaign/list-order.ts";
import type { CampaignResult, OutcomeResult } from "#churn/campaign/result.ts";
import { suppressions } from "#churn/campaign/suppress.ts";
import type { StoredCampaign } from "./campaign-store.ts";

export const armSchema = z.enum(arms);

const sizes = z.object({ treatment: z.int(), control: z.int() });
const measured = {
  name: z.string(),
  kind: z.enum(["share", "amount"]),
  good: z.enum(["more", "less"]),
};
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number(), error: z.number() });

const outcome: z.ZodType<OutcomeResult> = z
  .object({
    ...measured,
    sizes,
    treatment: z.number(),
    control: z.number(),
    difference: estimate.optional(),
    adjusted: estimate.optional(),
    saveRate: estimate.optional(),
    gained: estimate.optional(),
    verdict: z.enum(["better", "worse", "open", "too few"]),
    detectable: z.number().optional(),
    more: sizes.optional(),
  })
  // JSON leaves out what is undefined; and of too few users, estimates were recorded once.
  .transform(
    (one): OutcomeResult => (one.verdict === "too few" ? { ...one, ...noEstimates } : { ...noEstimates, ...one }),
  );

const result: z.ZodType<CampaignResult> = z.object({
  sizes,
  closed: sizes,
  isFinal: z.boolean(),
  beforeLog: sizes.optional(),
  unseen: sizes.optional(),
  balance: z.object({
    sizes: z.number(),
    isMismatch: z.boolean(),
    covariates: z.array(
      z.object({
        name: z.string(),
        treatment: z.number(),
        control: z.number(),
        difference: z.number(),
        isOff: z.boolean(),
      }),
    ),
  }),
  outcomes: z.array(outcome),
});

const order = z.union([
  z.enum(rankings),
  z.object({
    economics: z.object({
      costPerContact: z.number(),
      incentive: z.number(),
      takeUp: z.number(),
      saveRate: z.object({ value: z.number(), low: z.number(), high: z.number() }),
      capacity: z.int().optional(),
    }),
    worth: z.object({ each: z.number().optional(), windows: z.number() }),
  }),
]);

/** A campaign as the stores keep it, as JSON. */
export const storedCampaignSchema: z.ZodType<StoredCampaign> = z.object({
  id: z.string(),
  name: z.string(),
  audience: z.string(),
  order: order.optional(),
  controlShare: z.number(),
  windowDays: z.int(),
  costPerContact: z.number(),
  incentive: z.number(),
  outcomes: z.array(z.object(measured)),
  covariates: z.array(z.string()),
  startsAt: z.number(),
  lastAssignedAt: z.number(),
  createdAt: z.number(),
  createdBy: z.string(),
  isFrozen: z.boolean(),
  sizes,
  leftOut: z.partialRecord(z.enum(suppressions), z.int()).optional(),
  isCapped: z.boolean().optional(),
  restDays: z.int().optional(),
  result: result.optional(),
});
