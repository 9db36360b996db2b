import type { Rate } from "#churn/campaign/how-many.ts";
import type { ByProfit } from "#churn/campaign/list-order.ts";
import type { SetCosts } from "#runtime/cost-settings.ts";

/** What contacts cost and bring, with what holds where nothing is said: the rule of the page, the API and commands alike. */
export function byProfit(
  { cost = 0, incentive = 0, takeUp = 1, worth, windows = 1, capacity }: SetCosts,
  saveRate: Rate,
): ByProfit {
  return {
    economics: { costPerContact: cost, incentive, takeUp, saveRate, capacity },
    worth: { each: worth, windows },
  };
}

/** The control share that a campaign has unless it is told: what the plan reckons with. */
export const usualControlShare = 0.2;

/** The days for which no one is contacted again, likewise. */
export const usualRest = 30;

/** How long a list is of which about `contacts` users are to be contacted: the control group is taken from it as well. */
export function listLength(contacts: number): number {
  return Math.ceil(contacts / (1 - usualControlShare));
}
