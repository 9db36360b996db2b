import { formatDay } from "#churn/day.ts";
import type { SegmentQuality } from "#churn/segments/judge-rows.ts";
import { formatCount, formatCounted, formatPercent, threeDecimals, twoDecimals, withInterval } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html, type Markup } from "#pages/html.ts";
import { verdict } from "#pages/promises/in-words.ts";
import type { PromisedBySegment } from "./by-segment.ts";

/** The page that tells whether lists kept what they promised, by parts of the users. */
export function renderPromisedBySegment(promised: PromisedBySegment | undefined, reader: string | undefined): string {
  return framed(
    { title: "Promised and happened, by segment", section: "/model", reader, style },
    html`<h1>Promised and happened, by segment and arm</h1>
${promised === undefined ? html`<p class="notice">There is nothing to compare: either no version is in service, or no list has been compared with what its users did yet, which takes its churn window, and a day more for late actions.</p>` : told(promised)}
<p><a href="/promises">By month and version</a> · <a href="/model">The model</a></p>`,
  );
}

function told({ nights, share, all, divisions }: PromisedBySegment): Markup {
  const [first, last] = [nights[0] ?? 0, nights.at(-1) ?? 0];
  const when =
    nights.length === 1
      ? `on the night of ${formatDay(first)}`
      : `on ${formatCounted(nights.length, "night")} from ${formatDay(first)} to ${formatDay(last)}`;
  return html`<p>What was shown ${when}, and what became of ${share === 1 ? "the users" : `${formatPercent(share)} of the users, always the same ones`}. Users whom a campaign treated in the churn window are left out everywhere but in the last table, also if it began after the list: contacting was meant to change what they do. Its control group stands in for them, so that each of it counts several times. In brackets are 95 % intervals, for which groups of users are left out in turn. Of many parts, about one in twenty lies outside by chance alone.</p>
<div class="scroll" tabindex="0" role="region" aria-label="By segment and arm"><table class="months parts">
<thead><tr><th scope="col">Users</th><th scope="col">Rows</th><th scope="col">Promised</th><th scope="col">Left</th><th scope="col">Left / promised</th><th scope="col">AUC</th><th scope="col">Recency alone</th><th scope="col">As promised?</th></tr></thead>
<tbody>${row("all", all)}</tbody>
${divisions.map(
  ({ by, parts }) => html`<tbody><tr><th scope="rowgroup" colspan="8">By ${by}</th></tr>
${parts.filter(({ quality }) => quality.rows > 0).map(({ name, quality }) => row(name, quality))}</tbody>
`,
)}</table></div>
<p>A row is one user on one night. Recency alone is the AUC of the same rows in the order of the days since the last action, the longest silent first. Parts of fewer than 100 rows, or where fewer than 10 left or stayed, have no interval.</p>`;
}

function row(name: string, { rows, promised, churned, quality }: SegmentQuality): Markup {
  const ratio = quality?.ratio;
  const cells = [
    formatCount(rows),
    formatCount(Math.round(promised)),
    formatCount(churned),
    withInterval(ratio, twoDecimals),
    withInterval(quality?.auc, threeDecimals),
    withInterval(quality?.recencyAuc, threeDecimals),
    ratio === undefined ? "too few to tell" : verdict({ interval: [ratio.low, ratio.high] }),
  ];
  return html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
}

const style = html`
.parts th[scope=rowgroup] { font-weight: 600; padding-top: 1rem; white-space: normal; }
.parts td:nth-child(2) { text-align: right; }
.parts tbody th:first-child { white-space: normal; min-width: 9rem; }
`;
