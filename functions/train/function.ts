import type { ModelManifest } from "#churn/model/manifest.ts";
import { askedAt } from "#runtime/asked-at.ts";
import { modelPromoted, modelRejected, type TrainPing } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { NotYet } from "#runtime/failures.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { TrainingMetrics } from "#runtime/metrics/training.ts";
import type { Skipping } from "#runtime/skipped-users.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import { loadRuntime } from "#stores/models/graph.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { recordStandIn } from "#stores/models/record-stand-in.ts";
import { learn, type Trainer } from "./learn.ts";
import { publish } from "./publish.ts";
import { settle } from "./settle.ts";
import { versionOf } from "./version.ts";

export interface TrainServices {
  readonly actions: Pick<ActionStore, "extent" | "histories">;
  readonly features: Pick<FeatureStore, "currentSet">;
  readonly models: ModelStore;
  /** From whose effects training is protected; from none if absent. */
  readonly campaigns?: Pick<CampaignStore, "campaigns" | "overlapping"> | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told how far training is: reading is half of it, learning the other. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** By default in a thread of its own. */
  readonly trainer?: Trainer | undefined;
  readonly metrics?: TrainingMetrics | undefined;
  readonly skipping?: Skipping | undefined;
}

/**
 * Trains a model on the features' current definition, judges it out of time, publishes it, and puts it into service if
 * it proves better than the champion. The same event handled again finds its version published, and only sees to it
 * that the aliases stand where they should. Returns dev.lapse.model.promoted or dev.lapse.model.rejected.
 */
export const handle: EventHandler<TrainPing, TrainServices> = async (event, services) => {
  // What stands in for a damaged champion is the one to beat.
  await recordStandIn(services.models);
  const manifest = await publishedVersion(event, services);
  const promoted = await settle(manifest, services.models);
  return outcome(manifest, promoted);
};

/** The version that an event asks for, trained unless that was done before. */
async function publishedVersion(event: TrainPing, services: TrainServices): Promise<ModelManifest> {
  const version = versionOf(event);
  try {
    const published = await services.models.versions();
    const manifest = published.includes(version)
      ? await services.models.manifest(version)
      : await trainVersion(version, event, services);
    services.metrics?.published(manifest);
    return manifest;
  } catch (error) {
    services.metrics?.failed();
    throw error;
  }
}

async function trainVersion(version: string, event: TrainPing, services: TrainServices): Promise<ModelManifest> {
  const set = await services.features.currentSet();
  if (set === undefined) throw new NotYet("Cannot train yet: no features have been computed. Run features first.");
  // Needed only to publish; where it does not load, all the learning would be for nothing.
  await loadRuntime();
  const asked = { asOf: askedAt(event, services.now()), through: event.data.through };
  const learned = await learn(set.definition, asked, services);
  const manifest = await publish(version, learned, services);
  services.metrics?.trained(manifest);
  return manifest;
}

function outcome({ version, decision, test, peers }: ModelManifest, promoted: boolean): LapseEvent {
  const kind = promoted ? modelPromoted : modelRejected;
  const frozen = promoted ? [] : (decision.frozen ?? []).map(({ cause }) => cause);
  return kind.make({
    id: version,
    source: "/lapse/train",
    subject: version,
    data: {
      ...{ version, reason: decision.reason, auc: test.auc.value, log_loss: test.logLoss.value },
      ...{ auc_low: test.auc.low, auc_high: test.auc.high },
      ...{ log_loss_low: test.logLoss.low, log_loss_high: test.logLoss.high },
      ...{ rows: test.rows, snapshots: test.snapshots },
      ...(peers && {
        recency_auc: peers.recency.auc.value,
        recency_log_loss: peers.recency.logLoss.value,
        plain_rate_log_loss: peers.plainRate.logLoss.value,
      }),
      ...(frozen.length > 0 && { frozen }),
    },
  });
}
