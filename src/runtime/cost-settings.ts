import * as z from "zod";
import type { Rate } from "#churn/campaign/how-many.ts";
import type { Costs } from "#churn/risk-rule.ts";
import { wholeNumber } from "./settings.ts";

function decimal(most: number, error: string) {
  return z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, { error, abort: true })
    .transform(Number)
    .pipe(z.number().max(most, error));
}

const amount = () => decimal(999_999_999, "must be an amount such as 0.5.");
const share = () => decimal(1, "must be a share from 0 to 1, such as 0.1.");

/** What contacts cost and bring, by which users are at risk; the plan of a campaign begins with it. */
export const costSettings = {
  /** Of one contact. With it or INCENTIVE, users are at risk from where a contact just pays. */
  CONTACT_COST: amount().optional(),
  /** What a user costs who takes what is offered. */
  INCENTIVE: amount().optional(),
  /** The share of those who would stay anyway that takes it too. */
  INCENTIVE_TAKE_UP: share().optional(),
  /** The share of those who would leave that a contact keeps. */
  SAVE_RATE: share().optional(),
  /** What a user who stays is worth; without it, what users were worth in a churn window, by the values of actions. */
  USER_WORTH: amount().optional(),
  /** For how many churn windows a user who stays is worth as much; not with USER_WORTH. */
  WORTH_WINDOWS: amount().optional(),
  /** The most users that can be contacted. */
  CONTACT_CAPACITY: wholeNumber(1, 999_999_999).optional(),
};

const costSettingsSchema = z.object(costSettings);

/** What is undefined is not set. */
export interface SetCosts {
  readonly cost: number | undefined;
  readonly incentive: number | undefined;
  readonly takeUp: number | undefined;
  readonly saveRate: number | undefined;
  readonly worth: number | undefined;
  readonly windows: number | undefined;
  readonly capacity: number | undefined;
}

/** Whether anything is set by which users are at risk; otherwise it is what the riskiest tenth reached in training. */
export function decideOnRisk({ cost, incentive, capacity }: SetCosts): boolean {
  return cost !== undefined || incentive !== undefined || capacity !== undefined;
}

/** Whether who is at risk depends on what users of a list are worth: where contacts cost something, and it is not set. */
export function valuesDecide({ cost, incentive, worth }: SetCosts): boolean {
  return (cost !== undefined || incentive !== undefined) && worth === undefined;
}

/** What decides who is at risk, by the settings, the save rate that is known, and what users of a list are worth on average. */
export function riskCosts(costs: SetCosts, saveRate: Rate, meanValue: number): Costs {
  const { cost, incentive, takeUp = 1, capacity } = costs;
  const hasCosts = cost !== undefined || incentive !== undefined;
  return {
    economics: hasCosts ? { costPerContact: cost ?? 0, incentive: incentive ?? 0, takeUp, saveRate } : undefined,
    capacity,
    meanValue: worthOf(costs, meanValue),
  };
}

function worthOf({ worth, windows = 1 }: SetCosts, meanValue: number): number | undefined {
  if (worth !== undefined) return worth;
  return meanValue === 0 ? undefined : windows * meanValue;
}

/** What a campaign is asked for with, and what the settings say where it does not: on the page, in the API and in commands alike. */
export function orSet(asked: Partial<SetCosts>, set: SetCosts): SetCosts {
  return {
    cost: asked.cost ?? set.cost,
    incentive: asked.incentive ?? set.incentive,
    takeUp: asked.takeUp ?? set.takeUp,
    saveRate: asked.saveRate ?? set.saveRate,
    worth: asked.worth ?? set.worth,
    windows: asked.windows ?? set.windows,
    capacity: asked.capacity ?? set.capacity,
  };
}

export function costsOf(settings: z.infer<typeof costSettingsSchema>): SetCosts {
  return {
    cost: settings.CONTACT_COST,
    incentive: settings.INCENTIVE,
    takeUp: settings.INCENTIVE_TAKE_UP,
    saveRate: settings.SAVE_RATE,
    worth: settings.USER_WORTH,
    windows: settings.WORTH_WINDOWS,
    capacity: settings.CONTACT_CAPACITY,
  };
}
