import { betterOf, type ComparedSegment, type ComparedSegments } from "#churn/segments/compare-rows.ts";
import type { SegmentQuality } from "#churn/segments/judge-rows.ts";
import { formatCount, formatPercent, shareOf, threeDecimals, twoDecimals, withInterval } from "#pages/format.ts";
import type { ModelComparison } from "./compare-models.ts";

/** A table as text: the first cell of each row names it. */
export interface TextRows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How many users of each segment that has any either version, A or B, puts at risk; no rows where neither has segments. */
export function atRiskTable({ atRisk }: Pick<ModelComparison, "atRisk">): TextRows {
  return {
    head: ["Segment", "Users", "A", "B"],
    rows: atRisk.flatMap(({ segmentation, bands }) =>
      bands.flatMap(({ users, a, b }, band) =>
        users === 0
          ? []
          : [
              [
                bandName(segmentation, band),
                formatCount(users),
                formatPercent(shareOf(a, users)),
                formatPercent(shareOf(b, users)),
              ],
            ],
      ),
    ),
  };
}

/** How good A and B are for all users, and in each segment that has any; `signed` writes a difference of log losses. */
export function qualityTable({ all, by }: ComparedSegments, signed: (difference: number) => string): TextRows {
  return {
    head: [
      "Segment",
      "Rows",
      "Left",
      "Left / promised",
      "At risk",
      "AUC, and of recency alone",
      "Log loss A − B",
      "Verdict",
    ],
    rows: [
      qualityRow("all", all, signed),
      ...by.flatMap(({ segmentation, bands }) =>
        bands.flatMap((segment, band) =>
          segment.a.rows === 0 ? [] : [qualityRow(bandName(segmentation, band), segment, signed)],
        ),
      ),
    ],
  };
}

function qualityRow(name: string, segment: ComparedSegment, signed: (difference: number) => string): string[] {
  const { a, b } = segment;
  const ratio = ({ quality }: SegmentQuality) => withInterval(quality?.ratio, twoDecimals);
  const risk = ({ shareAtRisk }: SegmentQuality) => withInterval(shareAtRisk, formatPercent);
  const auc = (one: SegmentQuality["quality"], of: "auc" | "recencyAuc") => withInterval(one?.[of], threeDecimals);
  return [
    name,
    formatCount(a.rows),
    formatCount(a.churned),
    `A ${ratio(a)}, B ${ratio(b)}`,
    `A ${risk(a)}, B ${risk(b)}`,
    `A ${auc(a.quality, "auc")}, B ${auc(b.quality, "auc")}, ${auc(a.quality, "recencyAuc")}`,
    withInterval(a.quality?.difference, signed),
    betterOf(segment, { a: "A", b: "B" }),
  ];
}

function bandName({ by, words }: { readonly by: string; readonly words: readonly string[] }, band: number): string {
  return `${by}: ${words[band] ?? ""}`;
}
