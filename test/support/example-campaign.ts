import type { Campaign } from "#churn/campaign/campaign.ts";

/** A campaign of 30 days that began on 2026-01-01, but for what is given. */
export function exampleCampaign(more: Partial<Campaign> = {}): Campaign {
  const begin = Date.UTC(2026, 0, 1);
  return {
    id: "spring",
    name: "Spring",
    audience: "at risk",
    controlShare: 0.2,
    windowDays: 30,
    costPerContact: 1,
    incentive: 0,
    outcomes: [],
    covariates: [],
    startsAt: begin,
    lastAssignedAt: begin,
    createdAt: begin,
    createdBy: "ann",
    ...more,
  };
}
