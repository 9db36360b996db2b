/** When a user counts as gone. All three are whole days. */
export interface ChurnDefinition {
  /** A user without any action for this long after the snapshot (and its lead) has churned. */
  readonly churnDays: number;
  /** Days between the snapshot and the churn window, to leave time to act; usually 0. */
  readonly leadDays: number;
  /** Only users with an action in this many days before the snapshot are scored. */
  readonly observeDays: number;
}

/** Everything that decides which features a user has, and so the meaning of a model's input. */
export interface FeatureDefinition {
  readonly churn: ChurnDefinition;
  /** The frequent actions that have features of their own, by name. */
  readonly actions: readonly string[];
}
