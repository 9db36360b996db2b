import { copiesOf, rowWeight } from "#churn/campaign/protect.ts";
import { type Day, parseDay } from "#churn/day.ts";
import { isSameOutcome } from "#churn/definition.ts";
import { InvalidInput } from "#churn/failure.ts";
import { recency } from "#churn/features/kinds/rhythm.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { hasChurned, isHere } from "#churn/population.ts";
import { windowEnd } from "#churn/promises/closing.ts";
import { riskOf } from "#churn/reasons/reasons.ts";
import { type ComparedRow, type ComparedSegments, compareRows } from "#churn/segments/compare-rows.ts";
import type { TwoScores } from "#churn/segments/moves.ts";
import { bandOf, type Segmentation } from "#churn/segments/segmentation.ts";
import { type SetCosts, valuesDecide } from "#runtime/cost-settings.ts";
import { pause } from "#runtime/pause.ts";
import { Enrolments } from "#stores/campaigns/enrolments.ts";
import type { Stores } from "#stores/open-stores.ts";
import { everyone, type Sample } from "../sample.ts";
import { jointEntries } from "./joint-entries.ts";
import { type ListRules, listRules } from "./list-rules.ts";
import { scorerOf } from "./scorer.ts";

export interface ModelComparison {
  readonly a: ModelManifest;
  readonly b: ModelManifest;
  /** The share of all users that is compared, 0 … 1. */
  readonly share: number;
  /** The day at whose start the users are compared: the end of the log. */
  readonly present: Day;
  /** Who is here, as both that serve see them. */
  readonly users: readonly TwoScores[];
  /** By what each would call them at risk, had it made the list: costs and capacity, or its own thresholds. */
  readonly rules: ListRules;
  /** The users who are here in each segment, and how many of them each model puts at risk, as the list does. */
  readonly atRisk: readonly { readonly segmentation: Segmentation; readonly bands: readonly AtRisk[] }[];
  /**
   * On test snapshots that neither had learned from, by the models that were judged; undefined if there is none. Here and
   * below, users whom a campaign treated in the churn window are left out, and its control group stands in for them.
   */
  readonly tested: { readonly snapshots: readonly Day[]; readonly segments: ComparedSegments } | undefined;
  /** As both were served or in shadow; undefined while no night that both have scored is judged. */
  readonly served: { readonly nights: readonly Day[]; readonly segments: ComparedSegments } | undefined;
}

/** What contacts cost, and the campaigns, from whose effects a comparison is protected. */
export interface ComparisonSources {
  /** By which users are at risk. */
  readonly costs: SetCosts;
  readonly campaigns: Pick<Stores["campaigns"], "campaigns" | "overlapping">;
}

interface ComparedUser extends Omit<TwoScores, "riskA" | "riskB"> {
  readonly value: number | undefined;
  readonly segmentValues: readonly number[];
}

interface AtRisk {
  readonly users: number;
  readonly a: number;
  readonly b: number;
}

/**
 * Compares two versions, reading every history once: by all users, or by a sample of them. Throws
 * InvalidInput if they predict different things, or the log is empty.
 */
export async function compareModels(
  a: ModelManifest,
  b: ModelManifest,
  { actions, ledger, campaigns, costs }: Pick<Stores, "actions" | "ledger"> & ComparisonSources,
  sample: Sample = everyone,
): Promise<ModelComparison> {
  const { churn } = a.definition;
  if (!isSameOutcome(churn, b.definition.churn))
    throw new InvalidInput(
      `Cannot compare ${a.version} with ${b.version}: they predict churn by different definitions, of different users.`,
    );
  const extent = await actions.extent(churn.passive);
  if (extent === undefined) throw new InvalidInput("Cannot compare models: the log has no actions yet.");
  const present = extent.lastDay + 1;
  const snapshots = commonTests(a, b).filter((day) => windowEnd(day, churn) <= present);
  const joint = await jointEntries(a.version, b.version, sample, ledger);
  const [scorerA, scorerB] = [scorerOf(a), scorerOf(b)];
  const needsValues = valuesDecide(costs);
  const segmentations = a.segments ?? b.segments ?? [];
  const columns = segmentations.map(({ feature }) => a.features.indexOf(feature));
  const silenceColumn = a.features.indexOf(recency.nameOf({}));
  const segmentValuesOf = (vector: Float64Array) => columns.map((column) => vector[column] ?? 0);

  const here: ComparedUser[] = [];
  const tested: ComparedRow[] = [];
  const served: ComparedRow[] = [];
  let read = 0;
  const firstDay = Math.min(present, ...snapshots, ...joint.nights);
  const enrolments = await Enrolments.open(campaigns, firstDay, windowEnd(present, churn));
  try {
    for await (const history of actions.histories(sample.range)) {
      const { userId } = history;
      const enrolled = await enrolments.of(userId);
      /** A row as often as it counts: the rule of training, and of what was promised and happened. */
      const counted = (day: Day, row: ComparedRow) =>
        Array<ComparedRow>(copiesOf(rowWeight(enrolled, day, churn), userId, day)).fill(row);
      if (++read % 100 === 0) await pause();
      for (const day of snapshots) {
        if (!isHere(history, day, churn)) continue;
        const churned = hasChurned(history, day, churn);
        if (churned === undefined) continue;
        const vector = scorerA.vectorOf(history, day);
        const scores = { a: scorerA.proved(vector), b: scorerB.proved(scorerB.vectorOf(history, day)) };
        const silence = vector[silenceColumn];
        tested.push(...counted(day, { userId, ...scores, churned, silence, segmentValues: segmentValuesOf(vector) }));
      }
      for (const { snapshot, ...scores } of joint.byUser.get(userId) ?? []) {
        const vector = scorerA.vectorOf(history, snapshot);
        const silence = vector[silenceColumn];
        served.push(...counted(snapshot, { userId, ...scores, silence, segmentValues: segmentValuesOf(vector) }));
      }
      if (!isHere(history, present, churn)) continue;
      const { vector, value } = needsValues
        ? scorerA.withValue(history, present)
        : { vector: scorerA.vectorOf(history, present), value: undefined };
      const [ofA, ofB] = [scorerA.served(vector), scorerB.served(scorerB.vectorOf(history, present))];
      here.push({ userId, a: ofA, b: ofB, value, segmentValues: segmentValuesOf(vector) });
    }
  } finally {
    await enrolments.close();
  }
  const rules = await listRules({ a, b }, here, sample.share, costs, campaigns);
  const users = here.map((user) => ({
    ...user,
    riskA: riskOf(user.a, rules.a.thresholds),
    riskB: riskOf(user.b, rules.b.thresholds),
  }));
  const thresholds = { a: rules.a.thresholds.high, b: rules.b.thresholds.high };
  return {
    a,
    b,
    share: sample.share,
    present,
    users,
    rules,
    atRisk: segmentations.map((segmentation, i) => ({
      segmentation,
      bands: segmentation.words.map((_, band) => {
        const own = users.filter(({ segmentValues }) => bandOf(segmentation, segmentValues[i] ?? 0) === band);
        const risky = (risk: "riskA" | "riskB") => own.filter((user) => user[risk] === "high").length;
        return { users: own.length, a: risky("riskA"), b: risky("riskB") };
      }),
    })),
    tested: tested.length === 0 ? undefined : { snapshots, segments: compareRows(tested, segmentations, thresholds) },
    served:
      served.length === 0
        ? undefined
        : { nights: joint.nights, segments: compareRows(served, segmentations, thresholds) },
  };
}

/** Test snapshots of either that come after everything that both proofs have learned from. */
function commonTests(a: ModelManifest, b: ModelManifest): Day[] {
  const known = Math.max(...[a, b].map(knownTo));
  const days = [a, b].flatMap(({ test }) => test.snapshots.flatMap((snapshot) => parseDay(snapshot) ?? []));
  return [...new Set(days)].filter((day) => day >= known).sort((one, other) => one - other);
}

/** The day up to which the model that was judged knew outcomes. */
function knownTo({ proof, training, definition }: ModelManifest): Day {
  const snapshots = (proof ?? training).snapshots.flatMap((snapshot) => parseDay(snapshot) ?? []);
  return windowEnd(Math.max(...snapshots), definition.churn);
}
