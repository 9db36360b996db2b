import type { ModelManifest } from "#churn/model/manifest.ts";
import type { SegmentQuality } from "#churn/segments/judge-rows.ts";
import type { Segmentation } from "#churn/segments/segmentation.ts";
import { formatCount, formatPercent, shareOf, threeDecimals, twoDecimals, withInterval } from "#pages/format.ts";
import { html, type Markup, type Part } from "#pages/html.ts";

const headings: Record<Segmentation["by"], string> = {
  tenure: "By tenure",
  activity: "By recent activity",
  value: "By value",
};

/** How good the model is for whom: by tenure, activity and value. Nothing where the version was published without it. */
export function segmentSection({ segments = [], decision, thresholds }: ModelManifest): Markup {
  if (segments.length === 0) return html``;
  const hasChampion = segments.some(({ bands }) => bands.some(({ quality }) => (quality?.difference ?? null) !== null));
  const columns = [
    "Rows",
    "Promised",
    "Left",
    "Left / promised",
    "At risk",
    "AUC",
    "Recency alone",
    "Log loss",
    ...(hasChampion ? ["Against champion"] : []),
  ];
  return html`<section>
<h2>For whom it is good</h2>
<p>The same test rows by segment, with 95 % intervals. Promised is the sum of the probabilities; left over promised should be about 1. At risk is the share whose probability is at least ${formatPercent(thresholds.high)}, where high risk begins. Recency alone is the AUC of the same rows in the order of the days since the last action. An AUC within a segment is usually lower than over all: users of one segment are alike.${hasChampion ? ` Against champion: the difference in log loss from ${decision.champion ?? "the champion of that moment"} on the same rows; below zero this model is better, and surely so where the whole interval is below zero.` : ""} Segments with fewer than 100 rows, or fewer than 10 users who left or stayed, are too small to tell; those without any are not shown.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Quality by segment"><table class="segments">
<thead><tr><th scope="col">Segment</th>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
${segments.map(
  ({ by, words, bands }) => html`<tbody>
<tr><th scope="rowgroup" colspan="${columns.length + 1}">${headings[by]}</th></tr>
${bands.map((band, i) =>
  band.rows === 0
    ? ""
    : html`<tr><th scope="row">${words[i] ?? ""}</th>${cells(band, hasChampion).map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}</tbody>
`,
)}</table></div>
</section>`;
}

function cells({ rows, churned, promised, shareAtRisk, quality }: SegmentQuality, hasChampion: boolean): Part[] {
  const counts = [
    formatCount(rows),
    formatCount(Math.round(promised)),
    `${formatCount(churned)} ${`(${formatPercent(shareOf(churned, rows))})`.replaceAll(" ", "\u00a0")}`,
  ];
  const risk = withInterval(shareAtRisk, formatPercent);
  if (quality === null) return [...counts, "too few to tell", risk, "–", "–", "–", ...(hasChampion ? ["–"] : [])];
  const { ratio, auc, recencyAuc, logLoss, difference } = quality;
  return [
    ...counts,
    withInterval(ratio, twoDecimals),
    risk,
    withInterval(auc, twoDecimals),
    withInterval(recencyAuc, twoDecimals),
    withInterval(logLoss, threeDecimals),
    ...(hasChampion ? [withInterval(difference, signed)] : []),
  ];
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(3)}`;
}
