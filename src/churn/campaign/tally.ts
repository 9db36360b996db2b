import { Observations } from "../statistics/observations.ts";
import { balanceOf } from "./balance.ts";
import type { Arm, ArmSizes, Assignment, Campaign, MeasuredOutcome } from "./campaign.ts";
import { judgeOutcome } from "./judge-outcome.ts";
import type { CampaignResult } from "./result.ts";

/** Adds up a campaign user by user, so that its assignments stream past once. */
export class CampaignTally {
  readonly #campaign: Campaign;
  readonly #outcomes: readonly MeasuredOutcome[];
  /** Of each outcome, the users whose outcome is known. */
  readonly #observed: readonly Observations[];
  /** What was known before of everyone assigned; the outcome is left at 0. */
  readonly #before: Observations;
  readonly #sizes = { treatment: 0, control: 0 };
  readonly #closed = { treatment: 0, control: 0 };

  /** `outcomes` are those of the campaign, or what is read from the actions. */
  constructor(campaign: Campaign, outcomes: readonly MeasuredOutcome[]) {
    this.#campaign = campaign;
    this.#outcomes = outcomes;
    const width = namesBefore(campaign).length;
    this.#observed = outcomes.map(() => new Observations(2 * width));
    this.#before = new Observations(2 * width);
  }

  /** `outcomes` has a number for each outcome, null where it is unknown; undefined while the user's window is open. */
  add(assignment: Assignment, outcomes: readonly (number | null)[] | undefined): void {
    const isTreated = assignment.arm === "treatment";
    const covariates = knownBefore(assignment);
    this.#sizes[assignment.arm] += 1;
    this.#before.add(isTreated, 0, covariates);
    if (outcomes === undefined) return;
    this.#closed[assignment.arm] += 1;
    for (const [i, observations] of this.#observed.entries()) {
      const outcome = outcomes[i];
      if (outcome !== null && outcome !== undefined) observations.add(isTreated, outcome, covariates);
    }
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
        judgeOutcome(outcome, this.#observed[i] ?? new Observations(0), isFinal ? undefined : total),
      ),
    };
  }

  #covariates() {
    return namesBefore(this.#campaign).flatMap((name, i) => {
      const known = {
        treatment: this.#before.covariateMoments(true, 2 * i + 1),
        control: this.#before.covariateMoments(false, 2 * i + 1),
      };
      // Only what is known of everyone can be compared without looking at why it is not.
      const arms: readonly Arm[] = ["treatment", "control"];
      if (arms.some((arm) => known[arm].mean < 1)) return [];
      const [treatment, control] = [
        this.#before.covariateMoments(true, 2 * i),
        this.#before.covariateMoments(false, 2 * i),
      ];
      return treatment.variance + control.variance === 0 ? [] : [{ name, treatment, control }];
    });
  }
}

/** What may be known of a user from before the assignment, the score first. */
function namesBefore({ covariates }: Campaign): string[] {
  return ["score", "value", ...covariates];
}

/** A pair for each of these: the number, and whether it is known. */
function knownBefore({ probability, value, covariates }: Assignment): number[] {
  return [probability, value, ...covariates].flatMap((number) =>
    number === undefined || Number.isNaN(number) ? [0, 0] : [number, 1],
  );
}
