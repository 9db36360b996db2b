/** A user whom a campaign may take, with what is known of them. What is not known is undefined. */
export interface Candidate {
  readonly userId: string;
  /** Of leaving, 0 … 1. */
  readonly probability: number;
  /** What the user was worth in a churn window, on average lately. */
  readonly value: number | undefined;
  /** Days since the last action, and since the first. */
  readonly silence: number | undefined;
  readonly tenure: number | undefined;
  /** Days with an action in as long as features look back. */
  readonly activeDays: number | undefined;
}
