import { betterOf, type ComparedSegment, type ComparedSegments } from "#churn/segments/compare-rows.ts";
import type { SegmentQuality } from "#churn/segments/judge-rows.ts";
import { formatCount, formatPercent, shareOf } from "#pages/format.ts";
import type { ModelComparison } from "./compare-models.ts";

/** A table as text: the first cell of each row names it. */
export interface TextRows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How many users of each segment either version, A or B, puts at medium or high risk; no rows where neither has segments. */
export function atRiskTable({ atRisk }: Pick<ModelComparison, "atRisk">): TextRows {
  return {
    head: ["Segment", "Users", "A", "B"],
    rows: atRisk.flatMap(({ segmentation, bands }) =>
      bands.map(({ users, a, b }, band) => [
        bandName(segmentation, band),
        formatCount(users),
        formatPercent(shareOf(a, users)),
        formatPercent(shareOf(b, users)),
      ]),
    ),
  };
}

/** How good A and B are for all users, and in each segment; `signed` writes a difference of log losses. */
export function qualityTable({ all, by }: ComparedSegments, signed: (difference: number) => string): TextRows {
  return {
    head: ["Segment", "Rows", "Left", "Promised by A", "by B", "AUC of A", "of B", "Log loss A − B (95 %)", "Verdict"],
    rows: [
      qualityRow("all", all, signed),
      ...by.flatMap(({ segmentation, bands }) =>
        bands.map((segment, band) => qualityRow(bandName(segmentation, band), segment, signed)),
      ),
    ],
  };
}

function qualityRow(name: string, segment: ComparedSegment, signed: (difference: number) => string): string[] {
  const { a, b } = segment;
  const promised = ({ promised: users }: SegmentQuality) => formatCount(Math.round(users));
  const auc = ({ quality }: SegmentQuality) => quality?.auc.value.toFixed(3) ?? "–";
  const difference = a.quality?.difference;
  return [
    name,
    formatCount(a.rows),
    formatCount(a.churned),
    promised(a),
    promised(b),
    auc(a),
    auc(b),
    difference ? `${signed(difference.value)} (${signed(difference.low)} to ${signed(difference.high)})` : "–",
    betterOf(segment, { a: "A", b: "B" }),
  ];
}

function bandName({ by, words }: { readonly by: string; readonly words: readonly string[] }, band: number): string {
  return `${by}: ${words[band] ?? ""}`;
}
