import type { Estimate } from "../statistics/estimate.ts";
import type { Balance } from "./balance.ts";
import type { ArmSizes, MeasuredOutcome } from "./campaign.ts";

/** What a campaign did, by assignment: every user counts in the arm they were given, contacted or not. */
export interface CampaignResult {
  /** All that were assigned. */
  readonly sizes: ArmSizes;
  /** Those whose window has closed. */
  readonly closed: ArmSizes;
  /** Whether the windows of all users have closed. Until then, intervals are wider: those of all looks, the last one included, hold together. */
  readonly isFinal: boolean;
  /** Those whose windows began before the log, so that nothing is known of them; undefined where there are none. */
  readonly beforeLog?: ArmSizes | undefined;
  /**
   * Those of an experiment that was run elsewhere of whom the log has no action at all, though they count as having left;
   * undefined where there are none.
   */
  readonly unseen?: ArmSizes | undefined;
  readonly balance: Balance;
  readonly outcomes: readonly OutcomeResult[];
}

/** One outcome of users whose window has closed. If it is known of fewer than 30 in an arm, nothing is told but how the arms fared. */
export interface OutcomeResult extends MeasuredOutcome {
  /** Users whose outcome is known. */
  readonly sizes: ArmSizes;
  /** The share of users, or the mean amount. */
  readonly treatment: number;
  readonly control: number;
  /** Treatment minus control. */
  readonly difference: Estimate | undefined;
  /** The same, adjusted for what was known before; undefined if nothing was, or an arm is too small for that. */
  readonly adjusted: Estimate | undefined;
  /**
   * The share of the control group's leaving that the treatment prevented; of shares where less is better. Undefined until the
   * windows of all users have closed, as its interval holds at the last look only.
   */
  readonly saveRate: Estimate | undefined;
  /** What the treatment gained over all users that were treated, more being better: users, or an amount. */
  readonly gained: Estimate | undefined;
  readonly verdict: Verdict;
  /**
   * The smallest difference that these sizes would tell from none in 80 of 100 campaigns. Undefined until the windows of all users
   * have closed: of users whose windows have closed by a day before, wider intervals tell less, and more users are to come.
   */
  readonly detectable: number | undefined;
  /**
   * How many more users are needed in each arm to tell the difference from none with a power of 80 %, if it is as large as
   * it looks now; undefined where it is clear, or there is none.
   */
  readonly more: ArmSizes | undefined;
}

/** Whether the treatment was better or worse than none, as far as can be told. */
export type Verdict = "better" | "worse" | "open" | "too few";
