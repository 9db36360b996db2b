import type { MonthOfPromises } from "#churn/promises/by-month.ts";
import type { Promises } from "#churn/promises/promises.ts";
import { framed } from "../frame.ts";
import { html, type Markup } from "../html.ts";
import { countPlot } from "./count-plot.ts";
import { nextInWords, promisesInWords, recencyInWords } from "./in-words.ts";
import { ratioPlot } from "./ratio-plot.ts";
import { promiseHead, promiseRows } from "./table.ts";

/** As read from the ledger. */
export interface PromisesView {
  readonly newest: Promises | undefined;
  readonly shown: readonly MonthOfPromises[];
  readonly shadow: readonly MonthOfPromises[];
  readonly next: Parameters<typeof nextInWords>[0] | undefined;
}

/** The page that tells whether what lists promised has happened. */
export function renderPromises({ newest, shown, shadow, next }: PromisesView, reader?: string): string {
  const headline = newest === undefined ? "Nothing can be compared yet" : promisesInWords(newest);
  const besideRecency = newest && recencyInWords(newest);
  return framed(
    { title: "Promised and happened", section: "/model", reader },
    html`<h1>${headline}</h1>
${besideRecency === undefined ? "" : html`<p>${besideRecency}</p>`}
${next === undefined ? nothing(newest) : html`<p>${nextInWords(next)}</p>`}
<p><a href="/promises/segments">By segment and arm</a> · <a href="/model">The model</a></p>
${shown.length === 0 ? "" : shownSection(shown)}
${shadow.length === 0 ? "" : shadowSection(shadow)}
<section>
<h2>How to read this</h2>
<p>Each night every user who is here gets a probability of leaving, and the list is written into a ledger before anyone sees it. Nothing in the ledger is changed afterwards. Once the churn window of a list has closed, and a day more for late actions, it is recorded who of its users left. The sum of the probabilities is how many were promised to leave; it should be near the number who left, and the interval of the two should hold 1.</p>
<p>Figures are means over the nights of a month. Most users are on the list of every night, so a month of lists is not worth thirty times one list; the 95 % intervals take that into account. They tell how much the figures owe to chance in who the users are, not that another season is another season. Of two lists of one night, that which was shown last counts. Users whom a campaign treated in the churn window are left out, also if it began after the list, as contacting them was meant to change what they do. Its control group stands in for them, so that each of it counts several times, and the numbers of users are near those of the lists but not the same.</p>
<p>AUC: how often a user who left was ranked above one who stayed. Log loss: lower is better; it judges ranking and probabilities together. Reached: the share of those who left that the riskiest tenth of the list held. All of it as served, not as recomputed. Recency alone: the same users in the order of the days since their last action, the longest silent first; it promises no probability, so it has no log loss.</p>
</section>`,
  );
}

function nothing(newest: Promises | undefined): Markup | string {
  return newest === undefined ? html`<p>No list has been shown yet. Lists are kept from the first scoring on.</p>` : "";
}

function shownSection(months: readonly MonthOfPromises[]): Markup {
  return html`<section>
<h2>What was shown, by month and version</h2>
<div class="plots">${countPlot(months)}${ratioPlot(months)}</div>
${table("What was shown", months)}
</section>`;
}

function shadowSection(months: readonly MonthOfPromises[]): Markup {
  return html`<section>
<h2>What challengers would have promised</h2>
<p>The challenger scores the same users each night in shadow; its scores are kept, and shown to no one. <a href="/model">Compare</a> two versions on the nights that both have scored.</p>
${table("In shadow", months)}
</section>`;
}

function table(label: string, months: readonly MonthOfPromises[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="months">
<thead><tr>${promiseHead.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${promiseRows(months).map(
  ([month = "", ...cells]) => html`<tr><th scope="row">${month}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>`;
}
