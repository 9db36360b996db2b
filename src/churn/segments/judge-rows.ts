import * as z from "zod";
import { rankedAuc } from "../metrics/auc.ts";
import { deleteOneFigure, deleteOneRatio, type Figure } from "../metrics/delete-one.ts";
import { logLosses } from "../metrics/log-loss.ts";
import { mean } from "../metrics/mean.ts";
import { type Ranking, ranking } from "../metrics/ranking.ts";
import { groupCount, groupOf } from "../promises/night.ts";

/** Labelled predictions of some users. */
export interface SegmentRows {
  /** 1 for churned, 0 for stayed. */
  readonly y: ArrayLike<number>;
  readonly p: ArrayLike<number>;
  /** Whose row it is; rows of one user stay together. */
  readonly users: readonly string[];
  /** What another model predicts of the same rows. */
  readonly other?: ArrayLike<number> | undefined;
  /** How long each user was silent, or a probability that rises with it: by what recency alone ranks. Undefined where it is not known. */
  readonly recency?: ArrayLike<number | undefined>;
}

/** A figure with its 95 % interval. */
const figure = z.object({ value: z.number(), low: z.number(), high: z.number() });

export const segmentQualitySchema = z.object({
  rows: z.int(),
  churned: z.int(),
  /** The sum of the probabilities. */
  promised: z.number(),
  /** The share of rows that are at risk; null where they are too few, and in versions from before it was stored. */
  shareAtRisk: figure.nullable().default(null),
  /** Null for a segment that is too small to tell anything. */
  quality: z
    .object({
      /** Churned over promised. */
      ratio: figure,
      auc: figure,
      /** By how long users were silent, of the same rows; null where that is not known of each, and in versions from before it was stored. */
      recencyAuc: figure.nullable().default(null),
      logLoss: figure,
      /** Log loss less that of the other model on the same rows: below 0 is better. Null without another. */
      difference: figure.nullable(),
    })
    .nullable(),
});

export type SegmentQuality = z.infer<typeof segmentQualitySchema>;

/** With fewer rows, or fewer of either outcome, an interval says nothing. */
const fewestRows = 100;
const fewestOutcomes = 10;

/**
 * How good predictions are on the rows of a segment, with 95 % intervals from leaving out groups of users in turn.
 * `threshold` is the probability from which a user is at risk.
 */
export function judgeRows(rows: SegmentRows, threshold: number): SegmentQuality {
  const ranked = ranking(rows.y, rows.p);
  const { y, p } = ranked;
  const churned = y.reduce((sum, label) => sum + label, 0);
  const losses = logLosses(y, p);
  const others = rows.other;
  const otherLosses =
    others &&
    logLosses(
      y,
      Float64Array.from(ranked.rows, (row) => others[row] ?? 0),
    );
  const differences = otherLosses && losses.map((loss, i) => loss - (otherLosses[i] ?? 0));
  const risky = Float64Array.from(p, (probability) => (probability >= threshold ? 1 : 0));
  const measure = (counts?: Uint8Array) => ({
    auc: rankedAuc(ranked, counts),
    logLoss: mean(losses, counts),
    ratio: mean(y, counts) / mean(p, counts),
    shareAtRisk: mean(risky, counts),
    difference: differences === undefined ? Number.NaN : mean(differences, counts),
  });
  const value = measure();
  const without = withoutEachGroup(ranked, rows.users).map(measure);
  const told = (name: keyof typeof value, bounds: readonly [number, number]) =>
    deleteOneFigure(
      value[name],
      without.map((one) => one[name]),
      bounds,
    );
  const isLarge = p.length >= fewestRows && Math.min(churned, p.length - churned) >= fewestOutcomes;
  const ratio = bounded(
    deleteOneRatio(
      value.ratio,
      without.map((one) => one.ratio),
    ),
  );
  const auc = bounded(told("auc", [0, 1]));
  const logLoss = bounded(told("logLoss", [0, Number.POSITIVE_INFINITY]));
  const difference =
    differences === undefined
      ? null
      : bounded(told("difference", [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]));
  return {
    rows: p.length,
    churned,
    promised: p.reduce((sum, probability) => sum + probability, 0),
    shareAtRisk: p.length < fewestRows ? null : bounded(told("shareAtRisk", [0, 1])),
    quality:
      isLarge && ratio !== null && auc !== null && logLoss !== null
        ? { ratio, auc, recencyAuc: recencyAucOf(rows), logLoss, difference }
        : null,
  };
}

function recencyAucOf({ y, users, recency }: SegmentRows): z.infer<typeof figure> | null {
  const silences = Array.from(recency ?? []).filter((silence) => silence !== undefined);
  // The users of whom it is known are other rows than those of the AUC beside it.
  if (silences.length < y.length) return null;
  const ranked = ranking(y, silences);
  const without = withoutEachGroup(ranked, users).map((counts) => rankedAuc(ranked, counts));
  return bounded(deleteOneFigure(rankedAuc(ranked), without, [0, 1]));
}

/** For each group of users that has rows: how often each ranked row counts without it, 0 or 1. */
function withoutEachGroup({ rows }: Ranking, users: readonly string[]): Uint8Array[] {
  const groups = Uint8Array.from(rows, (row) => groupOf(users[row] ?? ""));
  const present = Array.from({ length: groupCount }, (_, group) => group).filter((group) => groups.includes(group));
  return present.map((left) => groups.map((group) => (group === left ? 0 : 1)));
}

/** Null without an interval. */
function bounded({ value, interval }: Figure): z.infer<typeof figure> | null {
  return interval === undefined ? null : { value, low: interval[0], high: interval[1] };
}
