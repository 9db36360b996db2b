import { type ColumnMap, pick } from "#churn/features/column-map.ts";
import { requireFinite } from "#churn/features/features.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import { type Explainer, explainer, riskOf } from "#churn/reasons/reasons.ts";
import type { Risk, Score } from "#churn/score.ts";
import type { EventOf } from "#runtime/event-kind.ts";
import { type featuresUpdated, type modelPromoted, usersScored } from "#runtime/event-kinds.ts";
import { NotYet } from "#runtime/failures.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { LogFields, Logger } from "#runtime/logging.ts";
import type { ScoreMetrics } from "#runtime/metrics/scores.ts";
import { pause } from "#runtime/pause.ts";
import { SkippedUsers, type Skipping } from "#runtime/skipped-users.ts";
import type { FeatureSet, FeatureStore } from "#stores/features/feature-store.ts";
import { modelColumns } from "#stores/features/model-columns.ts";
import { standingsUnder } from "#stores/features/standings.ts";
import type { Ledger, LedgerEntry } from "#stores/ledger/ledger.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import type { UserList } from "#stores/users/user-list.ts";
import { ListWriter } from "./list-writer.ts";
import { Shadow } from "./shadow.ts";

export interface ScoreServices {
  readonly features: Pick<
    FeatureStore,
    "currentSet" | "rows" | "lapsedRows" | "countUsers" | "putScores" | "dropScores"
  >;
  readonly users: Pick<UserList, "put" | "prune">;
  readonly models: Pick<ModelStore, "alias" | "manifest">;
  readonly ledger: Pick<Ledger, "append">;
  readonly logger: Pick<Logger, "warn">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told how many users have been scored. */
  readonly progress?: ((done: number) => void) | undefined;
  readonly metrics?: ScoreMetrics | undefined;
  readonly skipping?: Skipping | undefined;
}

/**
 * Scores every user who is here with the champion, and in shadow, for the ledger only, with the challenger. Returns
 * dev.lapse.users.scored, or nothing while there is no champion or no features. Throws NotYet when the features
 * lack what the champion needs: the next run of features computes it.
 */
export const handle: EventHandler<EventOf<typeof featuresUpdated | typeof modelPromoted>, ScoreServices> = async (
  event,
  services,
  fields = {},
) => {
  const { features, models, now, metrics } = services;
  const began = now();
  const [champion, set] = await Promise.all([models.alias("champion"), features.currentSet()]);
  if (champion === undefined || set === undefined) return undefined;
  const manifest = await models.manifest(champion.version);
  if (champion.standsInFor !== undefined)
    services.logger.warn(
      { ...fields, model: champion.version },
      `These scores come from version ${champion.version}, which stands in for ${champion.standsInFor}.`,
    );
  const skipped = new SkippedUsers("score", services.skipping);
  const { counts, lapsed } = await scoreAll(manifest, set, services, fields, skipped);
  skipped.tell({ "event.id": event.id, ...fields });
  metrics?.scored({ users: counts, seconds: (now() - began) / 1000, at: now() });
  return usersScored.make({
    id: event.id,
    // The two events that lead here may have the same id, each from its own source.
    source: `/lapse/score/${encodeURIComponent(event.type)}`,
    time: new Date(now()).toISOString(),
    data: { model_version: manifest.version, users: counts.high + counts.medium + counts.low, ...counts, lapsed },
  });
};

/** Scores written at a time. */
const chunkSize = 2_000;

/** A list of users is read, not studied. */
const mostReasons = 3;

async function scoreAll(
  manifest: ModelManifest,
  set: FeatureSet,
  { features, models, ledger, users, logger, now, metrics, progress }: ScoreServices,
  fields: LogFields,
  skipped: SkippedUsers,
): Promise<Scored> {
  const columns = columnsOf(manifest, set);
  const standingOf = standingsUnder(manifest.definition.churn, set);
  if (standingOf === undefined)
    throw new NotYet(`Cannot score with ${manifest.version}: who is here is not computed yet. Run features first.`);
  const reasons = explainer(manifest);
  const list = new ListWriter(manifest, set, users, now());
  const shadow = await Shadow.open(manifest, set, {
    models,
    ledger,
    failed: (error) => {
      metrics?.shadowFailed();
      logger.warn(
        { ...fields, error },
        "The challenger could not score in shadow; the champion's scores are complete.",
      );
    },
  });
  const counts = { high: 0, medium: 0, low: 0 };
  /** Users who are here in another population only, such as that of the next model. */
  const others: string[] = [];
  let scores: Score[] = [];
  let done = 0;
  const flush = async () => {
    // First, so that no score is shown that is not in the ledger.
    await ledger.append(scores.map(shown));
    await features.putScores(scores);
    await list.flush();
    done += scores.length;
    progress?.(done);
    scores = [];
  };
  for await (const row of features.rows(set.id)) {
    const { userId, values } = row;
    await shadow.add(row);
    const standing = standingOf(row);
    if (standing.state === "lapsed") {
      others.push(userId);
      await list.addLapsed(row, standing.since);
      continue;
    }
    const score = skipped.attempt(userId, () => scoreOf(userId, pick(values, columns), set, manifest, reasons));
    if (score === undefined) continue;
    counts[score.risk] += 1;
    scores.push(score);
    list.addScored(score, values);
    if (scores.length % 100 === 0) await pause();
    if (scores.length === chunkSize) await flush();
  }
  if (scores.length > 0) await flush();
  await shadow.flush();
  metrics?.scoredInShadow(shadow.users ?? 0);
  if (others.length > 0) await features.dropScores(others);
  for await (const row of features.lapsedRows(set.id)) {
    const standing = standingOf(row);
    if (standing.state === "lapsed") await list.addLapsed(row, standing.since);
  }
  await list.end();
  return { counts, lapsed: (await features.countUsers(set.id)).lapsed + others.length };
}

function shown({ userId, snapshot, modelVersion, probability }: Score): LedgerEntry {
  return { userId, snapshot, modelVersion, role: "champion", state: "here", probability };
}

interface Scored {
  readonly counts: Readonly<Record<Risk, number>>;
  /** Users without a score, as they have lapsed. */
  readonly lapsed: number;
}

/** Where each of the model's features stands in a row. */
function columnsOf(manifest: ModelManifest, set: FeatureSet): ColumnMap {
  const columns = modelColumns(manifest, set);
  const [missing] = columns.missing;
  if (missing !== undefined)
    throw new NotYet(`Cannot score with ${manifest.version}: ${missing} is not computed yet. Run features first.`);
  return columns;
}

/** Throws a RangeError for features that are no numbers. */
function scoreOf(
  userId: string,
  vector: Float64Array,
  { snapshot }: FeatureSet,
  manifest: ModelManifest,
  { risksOf }: Explainer,
): Score {
  requireFinite(vector, manifest.features);
  const p = probabilityOf(manifest.parameters, vector);
  return {
    userId,
    snapshot,
    probability: p,
    risk: riskOf(p, manifest.thresholds),
    modelVersion: manifest.version,
    reasons: risksOf(vector, mostReasons),
  };
}
