import { copiesOf, entryWeight } from "#churn/campaign/protect.ts";
import type { Day } from "#churn/day.ts";
import { recency } from "#churn/features/kinds/rhythm.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { windowEnd } from "#churn/promises/closing.ts";
import { riskOf } from "#churn/reasons/reasons.ts";
import { risks } from "#churn/score.ts";
import { judgeRows, type SegmentQuality } from "#churn/segments/judge-rows.ts";
import { bandOf } from "#churn/segments/segmentation.ts";
import { pause } from "#runtime/pause.ts";
import { thresholdsThen } from "#stores/audit/list-thresholds.ts";
import { Enrolments } from "#stores/campaigns/enrolments.ts";
import type { JudgedEntry, Ledger } from "#stores/ledger/ledger.ts";
import { readableManifest } from "#stores/models/readable.ts";
import type { DeskServices } from "../../services.ts";
import { scorerOf } from "../compare/scorer.ts";
import { type Sample, sampleWhileWaiting } from "../sample.ts";
import { nightsRead } from "./nights-read.ts";

/** What was shown of some users on some nights against what they did, by parts of them. */
export interface PromisedBySegment {
  /** The nights that were read, ascending. */
  readonly nights: readonly Day[];
  /** The share of all users that was looked at, 0 … 1. */
  readonly share: number;
  /**
   * Without users whom a campaign treated during the churn window, for whom its control group stands in, as are all others but those by
   * arm: the rule of the promises by month.
   */
  readonly all: SegmentQuality;
  readonly divisions: readonly Division[];
}

/** One way to divide the users. */
export interface Division {
  readonly by: string;
  readonly parts: readonly { readonly name: string; readonly quality: SegmentQuality }[];
}

/** A user on a list that was shown, and what became of them. */
interface Row {
  readonly userId: string;
  readonly probability: number;
  readonly churned: boolean;
  readonly risk: string;
  /** How often the row counts, where users whom a campaign treated do not and its control group stands in for them. */
  readonly copies: number;
  readonly arm: JudgedEntry["arm"];
  /** Days since the last action, as the version in service sees them; undefined if it does not. */
  readonly silence: number | undefined;
  /** The value by which each segmentation of the version in service divides, in their order. */
  readonly segmentValues: readonly number[];
}

/**
 * Compares what was shown with what happened by arm, class of risk as shown, and the segments of the version in service.
 * Reads at most eight nights of a sample of users. Undefined while no night is judged, or no version is in service.
 */
export async function promisedBySegment({
  actions,
  ledger,
  models,
  campaigns,
  audit,
}: Pick<DeskServices, "actions" | "ledger" | "models" | "campaigns" | "audit">): Promise<
  PromisedBySegment | undefined
> {
  const champion = await models.alias("champion");
  const judgedNights = await ledger.nights({ role: "champion" });
  const judged = judgedNights.map(({ snapshot }) => snapshot);
  if (champion === undefined || judged.length === 0) return undefined;
  const manifest = await models.manifest(champion.version);
  const extent = await actions.extent(manifest.definition.churn.passive);
  const listed = Math.max(...judgedNights.map(({ night }) => night.users.reduce((sum, users) => sum + users, 0)));
  const sample = sampleWhileWaiting(listed, extent?.users ?? 0);
  const nights = nightsRead([...new Set(judged)].sort((a, b) => a - b));
  const shown = await shownOf(nights, sample, ledger);
  const [then, manifests] = await Promise.all([thresholdsThen(audit, Math.min(...nights)), manifestsOf(shown, models)]);
  const churns = [manifest, ...manifests.values()].map(({ definition }) => definition.churn);
  const lastEnd = Math.max(...churns.map((churn) => windowEnd(Math.max(...nights), churn)));
  const segmentations = manifest.segments ?? [];
  const columns = segmentations.map(({ feature }) => manifest.features.indexOf(feature));
  const silenceColumn = manifest.features.indexOf(recency.nameOf({}));
  const scorer = scorerOf(manifest);
  const rows: Row[] = [];
  let read = 0;
  const enrolments = await Enrolments.open(campaigns, Math.min(...nights), lastEnd);
  try {
    for await (const history of actions.histories(sample.range)) {
      const { userId } = history;
      if (++read % 100 === 0) await pause();
      const enrolled = await enrolments.of(userId);
      for (const { snapshot, probability = 0, churned = false, arm: listedArm, modelVersion } of shown.get(userId) ??
        []) {
        const { thresholds, definition } = manifests.get(modelVersion) ?? manifest;
        const weight = entryWeight(listedArm, enrolled, snapshot, definition.churn);
        const arm = weight === 0 ? "treatment" : weight > 1 ? "control" : listedArm;
        const vector = scorer.vectorOf(history, snapshot);
        const risk = riskOf(probability, then(snapshot, modelVersion) ?? thresholds);
        rows.push({
          ...{ userId, probability, churned, risk, arm, silence: vector[silenceColumn] },
          copies: copiesOf(weight, userId, snapshot),
          segmentValues: columns.map((column) => vector[column] ?? 0),
        });
      }
    }
  } finally {
    await enrolments.close();
  }
  if (rows.length === 0) return undefined;
  const judge = (some: readonly Row[]) => judgeShown(some, manifest);
  const counted = rows.flatMap((row) => Array<Row>(row.copies).fill(row));
  const divided = <Key>(by: string, parts: readonly (readonly [name: string, key: Key])[], of: (row: Row) => Key) => ({
    by,
    parts: parts.map(([name, key]) => ({ name, quality: judge(counted.filter((row) => of(row) === key)) })),
  });
  return {
    nights,
    share: sample.share,
    all: judge(counted),
    divisions: [
      divided(
        "risk, as it was shown",
        risks.map((risk) => [risk, risk] as const),
        ({ risk }) => risk,
      ),
      ...segmentations.map((segmentation, i) =>
        divided(
          segmentation.by,
          segmentation.words.map((words, band) => [words, band] as const),
          ({ segmentValues }) => bandOf(segmentation, segmentValues[i] ?? 0),
        ),
      ),
      { by: "arm of a campaign", parts: byArm(rows, judge) },
    ],
  };
}

function byArm(rows: readonly Row[], judge: (some: readonly Row[]) => SegmentQuality): Division["parts"] {
  const arms = [
    ["in none", undefined],
    ["control", "control"],
    ["treatment", "treatment"],
  ] as const;
  return arms.map(([name, arm]) => ({ name, quality: judge(rows.filter((row) => row.arm === arm)) }));
}

function judgeShown(rows: readonly Row[], { thresholds }: ModelManifest): SegmentQuality {
  return judgeRows(
    {
      y: rows.map(({ churned }) => (churned ? 1 : 0)),
      p: rows.map(({ probability }) => probability),
      users: rows.map(({ userId }) => userId),
      recency: rows.map(({ silence }) => silence),
    },
    thresholds.high,
  );
}

/** What was shown last on each night of the users of a sample whose outcome is known. */
async function shownOf(
  nights: readonly Day[],
  sample: Sample,
  ledger: Pick<Ledger, "entries">,
): Promise<ReadonlyMap<string, readonly JudgedEntry[]>> {
  const byUser = new Map<string, JudgedEntry[]>();
  for (const snapshot of nights)
    for await (const entry of ledger.entries({
      from: snapshot,
      before: snapshot + 1,
      role: "champion",
      ...sample.range,
    })) {
      if (entry.probability === undefined || entry.churned === undefined) continue;
      const own = byUser.get(entry.userId) ?? [];
      const other = own.find((one) => one.snapshot === snapshot);
      if (other !== undefined && other.recordedAt > entry.recordedAt) continue;
      byUser.set(entry.userId, [...own.filter((one) => one !== other), entry]);
    }
  return byUser;
}

/** The versions by which these were shown; without those that are gone. */
async function manifestsOf(
  shown: ReadonlyMap<string, readonly JudgedEntry[]>,
  models: Pick<DeskServices["models"], "manifest">,
): Promise<ReadonlyMap<string, ModelManifest>> {
  const versions = new Set([...shown.values()].flatMap((own) => own.map(({ modelVersion }) => modelVersion)));
  const read = await Promise.all([...versions].map((version) => readableManifest(version, models)));
  return new Map(read.flatMap((manifest) => (manifest === undefined ? [] : [[manifest.version, manifest]])));
}
