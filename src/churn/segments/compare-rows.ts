import { judgeRows, type SegmentQuality } from "./judge-rows.ts";
import { bandOf, type Segmentation } from "./segmentation.ts";

/** One user at one snapshot, as two models saw them, and what became of them. */
export interface ComparedRow {
  readonly userId: string;
  readonly a: number;
  readonly b: number;
  readonly churned: boolean;
  /** Days since the last action, by which recency alone ranks; undefined where that is not known. */
  readonly silence: number | undefined;
  /** The value by which each segmentation divides, in their order. */
  readonly segmentValues: readonly number[];
}

/** How good two models are on the same rows. */
export interface ComparedSegment {
  /** Of model A, beside recency alone; its `difference` is the log loss of A less that of B. */
  readonly a: SegmentQuality;
  readonly b: SegmentQuality;
}

export interface ComparedSegments {
  readonly all: ComparedSegment;
  readonly by: readonly { readonly segmentation: Segmentation; readonly bands: readonly ComparedSegment[] }[];
}

/** Compares two models on rows, over all and by segment. Thresholds are the probabilities from which a user is at risk. */
export function compareRows(
  rows: readonly ComparedRow[],
  segmentations: readonly Segmentation[],
  thresholds: { readonly a: number; readonly b: number },
): ComparedSegments {
  const compare = (some: readonly ComparedRow[]): ComparedSegment => {
    const y = some.map(({ churned }) => (churned ? 1 : 0));
    const users = some.map(({ userId }) => userId);
    const [a, b] = [some.map((row) => row.a), some.map((row) => row.b)];
    const recency = some.map(({ silence }) => silence);
    return {
      a: judgeRows({ y, p: a, users, other: b, recency }, thresholds.a),
      b: judgeRows({ y, p: b, users }, thresholds.b),
    };
  };
  return {
    all: compare(rows),
    by: segmentations.map((segmentation, i) => ({
      segmentation,
      bands: segmentation.words.map((_, band) =>
        compare(rows.filter(({ segmentValues }) => bandOf(segmentation, segmentValues[i] ?? 0) === band)),
      ),
    })),
  };
}

/** Which model is better on some rows, beyond chance, in words. */
export function betterOf({ a }: ComparedSegment, names: { readonly a: string; readonly b: string }): string {
  const difference = a.quality?.difference ?? undefined;
  if (difference === undefined) return "too few to tell";
  if (difference.high < 0) return `${names.a} is better`;
  return difference.low > 0 ? `${names.b} is better` : "no difference proved";
}
