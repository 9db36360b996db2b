import type { MeasuredOutcome } from "#churn/campaign/campaign.ts";
import { judgeOutcome, type Look } from "#churn/campaign/judge-outcome.ts";
import type { OutcomeResult } from "#churn/campaign/result.ts";
import { UserTable } from "#churn/campaign/user-table.ts";
import { randomFrom } from "#churn/random.ts";

export interface Campaigns {
  readonly outcomes: readonly MeasuredOutcome[];
  readonly users: number;
  /** A fifth by default. */
  readonly controlShare?: number;
  /** Looks at the first users whose window has closed; the last is at all of them. */
  readonly looks: number;
  readonly runs: number;
}

/** Draws what became of a user, a number for each outcome. Scores are squares of numbers from 0 to 1. */
export type Draw = (
  user: { readonly isTreated: boolean; readonly score: number },
  random: () => number,
) => readonly number[];

/** Simulates campaigns, and returns what is shown of each, at each look, of each outcome. */
export function simulateCampaigns(
  { outcomes, users, controlShare = 0.2, looks, runs }: Campaigns,
  draw: Draw,
): OutcomeResult[][][] {
  const random = randomFrom("campaigns");
  const lookAt = (user: number): Look => {
    if (looks === 1) return "only";
    return user === users ? "last" : { planned: users };
  };
  const between = users / looks;
  if (!Number.isInteger(between)) throw new RangeError(`${looks} looks do not divide ${users} users.`);
  return Array.from({ length: runs }, () => {
    const table = new UserTable(1, outcomes.length);
    const shown: OutcomeResult[][] = [];
    for (let user = 1; user <= users; user++) {
      const isTreated = random() >= controlShare;
      const score = random() ** 2;
      const drawn = draw({ isTreated, score }, random);
      table.add(isTreated, [score], (k) => drawn[k] ?? Number.NaN);
      if (user % between === 0)
        shown.push(outcomes.map((outcome, k) => judgeOutcome(outcome, table.withOutcome(k), lookAt(user))));
    }
    return shown;
  });
}

/** An amount with a log-normal distribution, by the standard deviation of its logarithm. */
export function logNormal(mean: number, spread: number, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return mean * Math.exp(spread * normal - spread ** 2 / 2);
}
