import { covariateMoments } from "../statistics/sample.ts";
import { balanceOf } from "./balance.ts";
import { type ArmSizes, type Assignment, type Campaign, isOwn, type MeasuredOutcome } from "./campaign.ts";
import { judgeOutcome } from "./judge-outcome.ts";
import type { CampaignResult } from "./result.ts";
import { UserTable } from "./user-table.ts";

/** Adds up a campaign user by user, so that its assignments stream past once. */
export class CampaignTally {
  readonly #campaign: Campaign;
  readonly #outcomes: readonly MeasuredOutcome[];
  readonly #users: UserTable;
  readonly #sizes = { treatment: 0, control: 0 };
  readonly #closed = { treatment: 0, control: 0 };

  /** `outcomes` are those of the campaign, or what is read from the actions. */
  constructor(campaign: Campaign, outcomes: readonly MeasuredOutcome[]) {
    this.#campaign = campaign;
    this.#outcomes = outcomes;
    this.#users = new UserTable(namesBefore(campaign).length, outcomes.length);
  }

  /** `outcomes` has a number for each outcome, null where it is unknown; undefined while the user's window is open. */
  add(assignment: Assignment, outcomes: readonly (number | null)[] | undefined): void {
    const { arm, probability, value, covariates } = assignment;
    this.#sizes[arm] += 1;
    if (outcomes !== undefined) this.#closed[arm] += 1;
    this.#users.add(arm === "treatment", [probability, value, ...covariates], (k) => outcomes?.[k] ?? Number.NaN);
  }

  result(): CampaignResult {
    const sizes: ArmSizes = { ...this.#sizes };
    const closed: ArmSizes = { ...this.#closed };
    const total = sizes.treatment + sizes.control;
    const seen = closed.treatment + closed.control;
    const isFinal = seen === total;
    return {
      sizes,
      closed,
      isFinal,
      balance: balanceOf(this.#campaign, sizes, this.#covariates()),
      outcomes: this.#outcomes.map((outcome, i) =>
        judgeOutcome(outcome, this.#users.withOutcome(i), isFinal ? this.#end() : { planned: total }),
      ),
    };
  }

  /** What came with a file came all at once; what is read from the actions may have been looked at before. */
  #end(): "last" | "only" {
    return isOwn(this.#campaign) ? "last" : "only";
  }

  #covariates() {
    const all = this.#users.all();
    const names = namesBefore(this.#campaign);
    return names.flatMap((name, j) => {
      const arms = [true, false].map((isTreated) => covariateMoments(all, isTreated, names.length + j));
      // Only what is known of everyone can be compared without looking at why it is not.
      if (arms.some((known) => known.mean < 1)) return [];
      const [treatment, control] = [covariateMoments(all, true, j), covariateMoments(all, false, j)];
      return treatment.variance + control.variance === 0 ? [] : [{ name, treatment, control }];
    });
  }
}

/** What may be known of a user from before the assignment, the score first. */
function namesBefore({ covariates }: Campaign): string[] {
  return ["score", "value", ...covariates];
}
