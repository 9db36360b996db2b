import type { ListOrder } from "./list-order.ts";

/** Which users a business contacts in the hope that they stay, with a control group that it does not contact. */
export interface Campaign {
  /** Names it in commands and in the hash that decides the arms. */
  readonly id: string;
  readonly name: string;
  /** How the audience was chosen, in words. */
  readonly audience: string;
  /** By what its users were taken; undefined where that was not recorded, and for an experiment that was run elsewhere. */
  readonly order?: ListOrder | undefined;
  /** The share of the audience that is not contacted, above 0 and below 1. */
  readonly controlShare: number;
  /** Days after the assignment in which users stay or leave. */
  readonly windowDays: number;
  /** What contacting one user costs, and what a user costs who takes what is offered; in the currency of values. */
  readonly costPerContact: number;
  readonly incentive: number;
  /** No one was taken who had been contacted within this many days; undefined for an experiment that was run elsewhere. */
  readonly restDays?: number | undefined;
  /** What was measured elsewhere and came with the assignments. Empty: whether users left is read from the actions. */
  readonly outcomes: readonly MeasuredOutcome[];
  /** What is known of each user from before the assignment, besides score and value: the names of `Assignment.covariates`. */
  readonly covariates: readonly string[];
  /** When the first and the last user were assigned, in milliseconds since the epoch. */
  readonly startsAt: number;
  readonly lastAssignedAt: number;
  readonly createdAt: number;
  /** Who created it, as far as is known. */
  readonly createdBy: string;
}

/** Whether who left is read from the actions; otherwise the outcomes came with a file, and may be of anything. */
export function isOwn({ outcomes }: Pick<Campaign, "outcomes">): boolean {
  return outcomes.length === 0;
}

/** An outcome that came with a file. */
export interface MeasuredOutcome {
  readonly name: string;
  /** Shares of users, or amounts of each. */
  readonly kind: "share" | "amount";
  /** Which way is good: many who stayed, or few who left. */
  readonly good: "more" | "less";
}

/** One user of an audience, as they were when it was frozen. */
export interface Assignment {
  readonly userId: string;
  readonly arm: Arm;
  /** In milliseconds since the epoch. */
  readonly assignedAt: number;
  /** The probability of churn at that time, 0 … 1; undefined where no score was known. */
  readonly probability?: number | undefined;
  /** What the user was worth in a churn window, on average before. */
  readonly value?: number | undefined;
  /** In the order of `Campaign.covariates`. */
  readonly covariates: readonly number[];
  /** In the order of `Campaign.outcomes`; null where it was not measured. */
  readonly outcomes: readonly (number | null)[];
}

export const arms = ["treatment", "control"] as const;
export type Arm = (typeof arms)[number];

/** A number of users in each arm. */
export type ArmSizes = Readonly<Record<Arm, number>>;

/** When the window of the last user closes, in milliseconds since the epoch. */
export function endOf({ lastAssignedAt, windowDays }: Pick<Campaign, "lastAssignedAt" | "windowDays">): number {
  return windowEnd(lastAssignedAt, windowDays);
}

/** Whether the windows of all users close at once, so that there is nothing to see before. */
export function closesAtOnce({ startsAt, lastAssignedAt }: Pick<Campaign, "startsAt" | "lastAssignedAt">): boolean {
  return firstDayOf(startsAt) === firstDayOf(lastAssignedAt);
}

/**
 * When the window of a user closes. Windows are of whole UTC days, the first of which begins with or after the
 * assignment: what a user did on the day of it before it decides nothing.
 */
export function windowEnd(assignedAt: number, windowDays: number): number {
  return (firstDayOf(assignedAt) + windowDays) * millisecondsPerDay;
}

/** The first whole UTC day after an assignment. */
export function firstDayOf(assignedAt: number): number {
  return Math.ceil(assignedAt / millisecondsPerDay);
}

const millisecondsPerDay = 86_400_000;
