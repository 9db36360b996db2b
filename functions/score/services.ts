import type { SetCosts } from "#runtime/cost-settings.ts";
import type { Logger } from "#runtime/logging.ts";
import type { ScoreMetrics } from "#runtime/metrics/scores.ts";
import type { Skipping } from "#runtime/skipped-users.ts";
import type { Slicing } from "#runtime/slice-settings.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import type { Audit } from "#stores/audit/audit.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import type { Ledger } from "#stores/ledger/ledger.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import type { RunStore } from "#stores/runs/run-store.ts";
import type { UserList } from "#stores/users/user-list.ts";

export interface ScoreServices {
  readonly actions: Pick<ActionStore, "historiesOf">;
  readonly features: Pick<
    FeatureStore,
    "currentSet" | "latestSet" | "rows" | "lapsedRows" | "countUsers" | "putScores" | "dropScores" | "lastScoring"
  >;
  readonly users: Pick<UserList, "get" | "put" | "prune" | "lastWritten">;
  readonly models: Pick<ModelStore, "alias" | "manifest">;
  readonly ledger: Pick<Ledger, "append" | "firstSnapshot">;
  /** Their results tell the save rate. */
  readonly campaigns: Pick<CampaignStore, "campaigns">;
  readonly audit: Pick<Audit, "append" | "entries">;
  /** By which users are at risk. */
  readonly costs: SetCosts;
  readonly runs: RunStore;
  readonly slicing: Slicing;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told how many users have been scored. */
  readonly progress?: ((done: number) => void) | undefined;
  readonly metrics?: ScoreMetrics | undefined;
  readonly skipping?: Skipping | undefined;
}
