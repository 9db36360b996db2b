import { rangeOf } from "#churn/buckets.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { RiskRule } from "#churn/risk-rule.ts";
import type { Score } from "#churn/score.ts";
import { usersScored } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { LogFields } from "#runtime/logging.ts";
import { pause } from "#runtime/pause.ts";
import type { SkippedUsers } from "#runtime/skipped-users.ts";
import { recordThresholds } from "#stores/audit/list-thresholds.ts";
import { toldThrough } from "#stores/audit/list-told.ts";
import type { FeatureSet } from "#stores/features/feature-store.ts";
import type { LedgerEntry } from "#stores/ledger/ledger.ts";
import { hasEnded, totalOf } from "#stores/runs/progress.ts";
import type { Run } from "#stores/runs/run-store.ts";
import { ListWriter } from "./list-writer.ts";
import { plannedScore, type ScorePlan } from "./plan.ts";
import { scorerOf } from "./scorer.ts";
import type { ScoreServices } from "./services.ts";
import { Shadow, shadowFailed } from "./shadow.ts";

/**
 * Scores the users of one slice, and lists them, here or lapsed; nothing of it again once it has ended. The slice that ends last takes
 * from the list who is no longer stored, and returns dev.lapse.users.scored, again if it is repeated. Nothing if the features have been
 * replaced: their run leads to another scoring.
 */
export async function scoreSlice(
  run: Run,
  slice: number,
  services: ScoreServices,
  fields: LogFields,
  skipped: SkippedUsers,
): Promise<LapseEvent | undefined> {
  const { users, now, metrics } = services;
  const plan = plannedScore(run);
  const after = hasEnded(run, slice) ? run : await scoreAndEnd(run, slice, services, fields, skipped);
  if (after?.lastSlice !== slice) return undefined;
  await recordPlanned(run, plan, services);
  const total = (name: keyof SliceCounts) => totalOf(after, name);
  // Users who could not be read, here or by the run of features, would pass for former ones. A later run takes those from the list.
  if (total("leftOut") === 0 && (await leftOutOfFeatures(plan, services)) === 0) await users.prune(run.number);
  const byRisk = { high: total("high"), medium: total("medium"), low: total("low") };
  metrics?.scored({ users: byRisk, seconds: Math.max(0, now() - run.number) / 1000, at: now() });
  const { thresholds, by } = plan.risk ?? (await ownThresholds(plan.version, services));
  metrics?.scoredBy(thresholds, by);
  metrics?.scoredInShadow(total("shadow"));
  return usersScored.make({
    id: plan.eventId,
    // The two events that lead here may have the same id, each from its own source.
    source: `/lapse/score/${encodeURIComponent(plan.eventType)}`,
    // The same if it is repeated.
    time: new Date(run.number).toISOString(),
    data: {
      model_version: plan.version,
      run: run.number,
      users: byRisk.high + byRisk.medium + byRisk.low,
      ...byRisk,
      lapsed: total("lapsed"),
      at_risk_from: thresholds.high,
      slipping_from: thresholds.medium,
      thresholds_by: by,
    },
  });
}

/**
 * Keeps by what the list calls users at risk, once all of it is written: a run that was cut off leaves the list before as it was told. It
 * is what was planned, as all rows go by it, whatever costs are set by now.
 */
async function recordPlanned(run: Run, { risk, snapshots = [], version }: ScorePlan, { audit }: ScoreServices) {
  if (risk === undefined) return;
  for (const snapshot of snapshots)
    await recordThresholds(audit, run.id, { ...risk, snapshot, modelVersion: version, at: run.number });
}

/** Those of the version itself: of a run that was planned before there were costs. */
async function ownThresholds(version: string, { models }: ScoreServices): Promise<RiskRule> {
  return { thresholds: (await models.manifest(version)).thresholds, by: "tenth" };
}

/** Returns the run after that; undefined if the features have been replaced. */
async function scoreAndEnd(
  run: Run,
  slice: number,
  services: ScoreServices,
  fields: LogFields,
  skipped: SkippedUsers,
): Promise<Run | undefined> {
  const { runs } = services;
  const plan = plannedScore(run);
  const manifest = await services.models.manifest(plan.version);
  const sets = await setsOf(plan, services.features);
  if (sets === undefined) return undefined;
  const parts: SliceCounts[] = [];
  // In this order: who gets a row of the later set meanwhile is found there.
  for (const set of sets) parts.push(await scoreUsers(run, slice, { manifest, set }, services, fields, skipped));
  const counts = sumOf(parts);
  // A run of features begins before it touches a row: if none has begun, and none has ended, all rows of the slice were there.
  if ((await runs.newest("features"))?.number !== plan.features) return undefined;
  if ((await setsOf(plan, services.features)) === undefined) return undefined;
  return runs.endSlice("score", run.id, slice, counts);
}

/** How many users the run of features that made the set could not read. */
async function leftOutOfFeatures({ features }: ScorePlan, { runs }: ScoreServices): Promise<number> {
  const run = await runs.newest("features");
  return run !== undefined && run.number === features ? totalOf(run, "leftOut") : 0;
}

const countNames = ["high", "medium", "low", "lapsed", "shadow", "leftOut"] as const;

/** Users by what became of them. */
type SliceCounts = Record<(typeof countNames)[number], number>;

/** Scores written at a time. */
const chunkSize = 2_000;

function sumOf(parts: readonly SliceCounts[]): SliceCounts {
  const sum: SliceCounts = { high: 0, medium: 0, low: 0, lapsed: 0, shadow: 0, leftOut: 0 };
  for (const part of parts) for (const name of countNames) sum[name] += part[name];
  return sum;
}

/** The sets whose rows a run scores, the later one last; undefined if they are not the present ones any more. */
async function setsOf(
  { set: setId, begunSet }: ScorePlan,
  features: ScoreServices["features"],
): Promise<readonly FeatureSet[] | undefined> {
  const [set, latest] = await Promise.all([features.currentSet(), features.latestSet()]);
  if (set?.id !== setId || latest?.id !== (begunSet ?? setId)) return undefined;
  return begunSet === undefined ? [set] : [set, latest];
}

/** Scores the users of a slice who have a row in `set`. */
async function scoreUsers(
  run: Run,
  slice: number,
  { manifest, set }: { readonly manifest: ModelManifest; readonly set: FeatureSet },
  services: ScoreServices,
  fields: LogFields,
  skipped: SkippedUsers,
): Promise<SliceCounts> {
  const { features, models, ledger, progress } = services;
  const plan = plannedScore(run);
  const { standingOf, scoreOf } = scorerOf(manifest, set, plan.risk?.thresholds);
  // After the run has begun, and so after all that is told of former lists, or beside it: then they count as told of in part.
  const told = await toldThrough(services.audit);
  const former = { toldThrough: told, scoresFrom: (await ledger.firstSnapshot()) ?? set.snapshot };
  const list = new ListWriter(manifest, set, services, { beganAt: run.number, former });
  const shadow = await Shadow.open(manifest, plan.challenger, set, {
    models,
    ledger,
    failed: (error) => shadowFailed(error, services, fields),
  });
  const counts = sumOf([]);
  const doneBefore = totalOf(run, "high") + totalOf(run, "medium") + totalOf(run, "low");
  /** Users who are here in another population only, such as that of the next model. */
  let others: string[] = [];
  let scores: Score[] = [];
  let done = 0;
  const flush = async () => {
    // First, so that no score is shown that is not in the ledger.
    await ledger.append(scores.map(shown));
    await features.putScores(scores, run.number);
    await list.flush();
    done += scores.length;
    progress?.(doneBefore + done);
    scores = [];
  };
  const dropOthers = async () => {
    if (others.length > 0) await features.dropScores(others, run.number);
    others = [];
  };
  const onLeftOut = (more: number) => {
    counts.leftOut += more;
  };
  const range = { ...rangeOf(slice, run.slices), onLeftOut };
  for await (const row of features.rows(set.id, range)) {
    const { userId, values } = row;
    await shadow.add(row);
    const standing = standingOf(row);
    if (standing.state === "lapsed") {
      counts.lapsed += 1;
      others.push(userId);
      await list.addLapsed(row, standing.since);
      if (others.length === chunkSize) await dropOthers();
      continue;
    }
    const score = skipped.attempt(userId, () => scoreOf(row));
    if (score === undefined) continue;
    counts[score.risk] += 1;
    scores.push(score);
    list.addScored(score, values);
    if (scores.length % 100 === 0) await pause();
    if (scores.length === chunkSize) await flush();
  }
  if (scores.length > 0) await flush();
  await shadow.flush();
  await dropOthers();
  for await (const row of features.lapsedRows(set.id, range)) {
    const standing = standingOf(row);
    if (standing.state !== "lapsed") continue;
    counts.lapsed += 1;
    await list.addLapsed(row, standing.since);
  }
  await list.flush();
  return { ...counts, shadow: shadow.users ?? 0 };
}

function shown({ userId, snapshot, modelVersion, probability }: Score): LedgerEntry {
  return { userId, snapshot, modelVersion, role: "champion", state: "here", probability };
}
