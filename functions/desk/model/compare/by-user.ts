import { formatDay } from "#churn/day.ts";
import { risks } from "#churn/score.ts";
import type { ComparedSegments } from "#churn/segments/compare-rows.ts";
import { disagreements, movedOf, movesOf } from "#churn/segments/moves.ts";
import { atRiskInWords } from "#pages/at-risk-in-words.ts";
import { formatCount, formatCounted, formatPercent, shareOf } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import { listTable } from "#pages/list-table.ts";
import { userLink } from "#pages/user-link.ts";
import type { ModelComparison } from "./compare-models.ts";
import { atRiskTable, qualityTable } from "./comparison-tables.ts";

/** Who is in another class of risk, where two versions disagree, and which is better where. They are called A and B. */
export function byUserSections(comparison: ModelComparison, calledAs: string): Markup {
  return html`${sampled(comparison, calledAs)}
${moves(comparison)}
${disagreeing(comparison)}
${shares(comparison)}
${tested(comparison)}
${served(comparison)}`;
}

function sampled({ share, a, b }: ModelComparison, calledAs: string): Markup {
  if (share === 1) return html``;
  return html`<p>What follows is of a sample: ${formatPercent(share)} of the users, always the same ones. <code>${calledAs} models compare ${a.version} ${b.version}</code> compares all.</p>`;
}

function moves({ users, present, rules }: ModelComparison): Markup {
  const table = movesOf(users);
  const moved = movedOf(table);
  return html`<section>
<h2>Who is in another class of risk</h2>
<p>Of ${formatCounted(users.length, "user")} who are here on ${formatDay(present)}, ${formatCount(moved)} (${formatPercent(shareOf(moved, users.length))}) are in another class of risk, each version by the list that it would make.</p>
<ul><li>A: ${atRiskInWords(rules.a)}</li><li>B: ${atRiskInWords(rules.b)}</li></ul>
${scrolled(
  "Classes of risk",
  ["", ...risks.map((risk) => `B: ${risk}`)],
  risks.map((ofA) => [`A: ${ofA}`, ...risks.map((ofB) => formatCount(table[ofA][ofB]))]),
)}
</section>`;
}

function disagreeing({ users }: ModelComparison): Markup {
  const apart = disagreements(users, 10).filter(({ a, b }) => a !== b);
  if (apart.length === 0) return html`<p>The two give every user the same probability.</p>`;
  return html`<section>
<h2>Where they disagree most</h2>
${listTable(
  "Disagreements",
  [["User"], ["A", "number"], ["B", "number"]],
  apart.map(({ userId, a, b }) => [userLink(userId), formatPercent(a), formatPercent(b)]),
)}
</section>`;
}

function shares(comparison: ModelComparison): Markup {
  const { head, rows } = atRiskTable(comparison);
  if (rows.length === 0) return html``;
  return html`<section>
<h2>At risk, by segment</h2>
${scrolled("At risk by segment", head, rows)}
</section>`;
}

function tested({ tested: on }: ModelComparison): Markup {
  const [first, last] = [on?.snapshots[0] ?? 0, on?.snapshots.at(-1) ?? 0];
  return html`<section>
<h2>Which is better where, on tests</h2>
${
  on === undefined
    ? html`<p>There is no test after everything that both have learned from, so tests do not tell which is better.</p>`
    : html`<p>The models that were judged, on ${formatCounted(on.snapshots.length, "snapshot")} (${formatDay(first)} to ${formatDay(last)}) that neither had learned from.</p>
${quality("Quality on tests", on.segments)}`
}
</section>`;
}

function served({ served: on }: ModelComparison): Markup {
  return html`<section>
<h2>Which is better where, as served</h2>
${
  on === undefined
    ? html`<p>There is no night yet that both have scored and whose churn window has closed. The challenger scores in shadow every night from the night on that it became the challenger.</p>`
    : html`<p>As shown, or scored in shadow, on ${formatCounted(on.nights.length, "night")} since ${formatDay(on.nights[0] ?? 0)} that both have scored.</p>
${quality("Quality as served", on.segments)}`
}
</section>`;
}

function quality(label: string, segments: ComparedSegments): Markup {
  const { head, rows } = qualityTable(segments, signed);
  // Beside that of all.
  const bands = rows.length - 1;
  return html`<p>In brackets are 95 % intervals, for which groups of users are left out in turn.</p>
${scrolled(label, head, rows)}
${bands < 2 ? "" : html`<p>Of ${bands} segments with intervals of 95 %, about one in twenty seems different by chance alone.</p>`}`;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(3)}`.replace("-", "−");
}

/** A table of text: a heading for each row, then figures. */
function scrolled(label: string, head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="segments">
<thead><tr>${head.map((name) => (name === "" ? html`<td></td>` : html`<th scope="col">${name}</th>`))}</tr></thead>
<tbody>${rows.map(
    ([name = "", ...cells]) =>
      html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}
