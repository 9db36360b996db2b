import type { ChurnSettings } from "#churn/definition.ts";
import type { Logger } from "#runtime/logging.ts";
import type { FeatureMetrics } from "#runtime/metrics/features.ts";
import type { Skipping } from "#runtime/skipped-users.ts";
import type { Slicing } from "#runtime/slice-settings.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import type { RunStore } from "#stores/runs/run-store.ts";

export interface FeaturesServices {
  readonly actions: Pick<
    ActionStore,
    "rollUp" | "notRolledUp" | "extent" | "usersBefore" | "histories" | "historyColumns"
  >;
  readonly features: Pick<FeatureStore, "putSet" | "lastNumber" | "put" | "completeSet" | "prune">;
  readonly models: Pick<ModelStore, "alias" | "manifest">;
  readonly runs: RunStore;
  readonly churn: ChurnSettings;
  readonly slicing: Slicing;
  readonly logger: Pick<Logger, "info">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told how many of all users have been read. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  readonly metrics?: FeatureMetrics | undefined;
  readonly skipping?: Skipping | undefined;
}
