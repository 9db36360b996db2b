import { eventFields } from "#runtime/event-fields.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { NotYet } from "#runtime/failures.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { BackupMetrics } from "#runtime/metrics/backups.ts";
import type { DriftMetrics } from "#runtime/metrics/drift.ts";
import type { AliasMetrics } from "#runtime/metrics/models.ts";
import type { PromiseMetrics } from "#runtime/metrics/promises.ts";
import { SkippedUsers, type Skipping } from "#runtime/skipped-users.ts";
import type { Audit } from "#stores/audit/audit.ts";
import { lastBackup } from "#stores/audit/last-backup.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import { manifestAt, readableChallenger } from "#stores/models/manifest-at.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { isUnderWay } from "#stores/runs/progress.ts";
import type { RunStore } from "#stores/runs/run-store.ts";
import { type JudgeServices, judgeLists } from "./judge-lists.ts";
import { measureDrift } from "./measure-drift.ts";
import { recordDrift } from "./record-drift.ts";
import { type RecordServices, recordResults } from "./record-results.ts";

export interface MonitorServices extends JudgeServices, RecordServices {
  readonly campaigns: JudgeServices["campaigns"] & RecordServices["campaigns"];
  readonly features: Pick<FeatureStore, "currentSet" | "rows" | "countUsers">;
  readonly models: Pick<ModelStore, "alias" | "manifest">;
  readonly runs: Pick<RunStore, "newest">;
  readonly drift: DriftMetrics;
  readonly audit: Pick<Audit, "append" | "entries">;
  readonly backups: BackupMetrics;
  readonly aliasMetrics: AliasMetrics;
  readonly promises: PromiseMetrics;
  readonly skipping?: Skipping | undefined;
}

/**
 * Sees whether the model is still right: exports how good the champion and the challenger are, how far the current users have
 * drifted from those who were here when the champion was trained, what was promised of users against what they did, and when the
 * next backup is due; and records the results of campaigns that have ended. All of it each time, whichever event came, because
 * the metrics of one event take the place of those before. Nothing follows. Throws NotYet when the features were replaced
 * meanwhile.
 */
export const handle: EventHandler<LapseEvent, MonitorServices> = async (event, services, fields) => {
  const skipped = new SkippedUsers("monitor", services.skipping);
  await watchModels(services, skipped);
  skipped.tell({ ...eventFields(event), ...fields });
  await judgeLists(services);
  services.promises.compared(await services.ledger.nights());
  services.backups.due((await lastBackup(services)).dueAt);
  await recordResults(services);
  return undefined;
};

async function watchModels(
  { features, models, runs, aliasMetrics, drift, audit, now }: MonitorServices,
  skipped: SkippedUsers,
): Promise<void> {
  const [run, champion, challenger, set] = await Promise.all([
    runs.newest("features"),
    manifestAt("champion", models),
    readableChallenger(models),
    features.currentSet(),
  ]);
  aliasMetrics.aliased({ champion, challenger });
  if (champion === undefined || set === undefined) return;
  // Rows of the set are making way for those of the next one, after which drift is measured anyway. Buckets that a run has left before it was
  // abandoned are as good a sample as all.
  if (run !== undefined && isUnderWay(run, now())) return;
  // A new champion leads here twice, as it is promoted and once its scores are there.
  const of = `${set.id} of ${run?.number}, ${champion.version}`;
  if (drift.stillHolds(of, now())) return;
  const measured = await measureDrift(champion, set, features, skipped);
  if ((await runs.newest("features"))?.number !== run?.number || (await features.currentSet())?.id !== set.id)
    throw new NotYet("Cannot measure drift: the features were replaced while they were read.");
  if (measured === undefined) return;
  drift.measured(measured, now());
  await recordDrift(measured, { setId: set.id, version: champion.version, now: now() }, audit);
  drift.recorded(of);
}
