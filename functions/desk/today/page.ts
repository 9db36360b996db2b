import { lapsedIs } from "#churn/churn-in-words.ts";
import { formatDay } from "#churn/day.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { atRiskInWords, valueAtRiskIs } from "#pages/at-risk-in-words.ts";
import { formatCount, formatCounted, formatMinute, formatValue } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { qualityInWords } from "#pages/headline.ts";
import { html, type Markup, type Part } from "#pages/html.ts";
import { listTable } from "#pages/list-table.ts";
import { nextInWords, promisesInWords } from "#pages/promises/in-words.ts";
import { userLink } from "#pages/user-link.ts";
import { versionColumns } from "#pages/version-cells.ts";
import { wholeDays } from "#pages/whole-days.ts";
import { attention } from "./attention.ts";
import type { TodayView } from "./view.ts";

/** The page at /: how many are here and at risk, who came and went, what needs a person, and how good the model is. */
export function renderToday(view: TodayView): string {
  return framed(
    { title: "Today", section: "/", reader: view.reader, style: todayStyle },
    html`<h1>Which users are about to leave, and why</h1>
${attention(view)}
${figures(view)}
${moves(view)}
${shortList("Most likely to leave", "All users at risk", "/users?state=at_risk", view.mostAtRisk)}
${shortList("Most value at risk", "All users at risk, by value", "/users?state=at_risk&sort=value_at_risk", view.mostWorth)}
${quality(view)}
${promised(view)}
${runs(view)}
${versions(view)}`,
  );
}

const todayStyle = html`
.reasons { padding: 0; margin: 0; list-style: none; }
.reasons li { display: grid; grid-template-columns: 4.5rem 1fr; gap: .1rem 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
.reasons .share { font-weight: 650; font-variant-numeric: tabular-nums; }
.reasons .who { grid-column: 2; font-size: .875rem; color: var(--soft); overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .9rem; margin: 1rem 0; }
.figures > div { background: var(--card); border-radius: .6rem; padding: .8rem 1rem; }
.figures dt { font-size: .875rem; color: var(--soft); } .figures dd { font-size: 1.7rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; }
.figures a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .2em; }
`;

function figures({ totals, risk }: TodayView): Markup {
  if (totals.here + totals.lapsed === 0)
    return html`<p class="notice">There is no list of users yet: it is made once a model is in service.</p>`;
  const linked = (path: string, count: number) => html`<a href="/users?state=${path}">${formatCount(count)}</a>`;
  return html`<dl class="figures">
<div><dt>Here</dt><dd>${linked("here", totals.here)}</dd></div>
<div><dt>Slipping</dt><dd>${linked("slipping", totals.slipping)}</dd></div>
<div><dt>At risk</dt><dd>${linked("at_risk", totals.at_risk)}</dd></div>
${totals.valueAtRisk === 0 ? "" : html`<div><dt>Value at risk</dt><dd>${formatValue(totals.valueAtRisk)}</dd></div>`}
<div><dt>Lapsed</dt><dd>${linked("lapsed", totals.lapsed)}</dd></div>
</dl>
${risk === undefined ? "" : html`<p class="yardsticks">${atRiskInWords(risk)}${totals.valueAtRisk === 0 ? "" : ` The value at risk is that of the users at risk: ${valueAtRiskIs}.`}</p>`}`;
}

/** Who entered and left the risk since the list before. */
function moves({ totals, isFirstList }: TodayView): Markup {
  const { entered, calmed, lost } = totals.moved;
  if (isFirstList)
    return totals.here === 0
      ? html``
      : html`<p>This is the first list: that of a later day tells who has come to be at risk, and who no longer is.</p>`;
  if (entered + calmed + lost === 0)
    return html`<p>Since the list before, nobody has come to be at risk, or is at low risk again.</p>`;
  const linked = (move: string, count: number) =>
    count === 0 ? html`0 users` : html`<a href="/users?moved=${move}">${formatCounted(count, "user")}</a>`;
  return html`<p>Since the list before, ${linked("entered", entered)} ${entered === 1 ? "has" : "have"} come to be at risk, and of those who were, ${linked("calmed", calmed)} ${calmed === 1 ? "is" : "are"} at low risk again and ${linked("lost", lost)} ${lost === 1 ? "has" : "have"} lapsed. Who goes from at risk to slipping, or back, counts as none of these.</p>`;
}

function shortList(title: string, all: string, path: string, users: readonly ListedUser[]): Markup {
  if (users.length === 0) return html``;
  return html`<section>
<h2>${title}</h2>
<ul class="reasons">${users.map(userItem)}</ul>
<p><a href="${path}">${all}</a> · <a href="/campaigns/new?state=at-risk">Plan a campaign for them</a></p>
</section>`;
}

function userItem({ userId, probability = 0, reasons, value }: ListedUser): Markup {
  const worth = value === undefined || value === 0 ? "" : ` · value ${formatValue(value)}`;
  return html`<li><span class="share">${Math.round(100 * probability)} %</span><span>${reasons[0]?.sentence ?? "nothing speaks for leaving"}</span><span class="who">${userLink(userId)}${worth}</span></li>
`;
}

function quality({ champion }: TodayView): Markup {
  if (champion === undefined) return html`<p class="headline">No model is in service yet.</p>`;
  return html`<section><h2>How good this is</h2>
<p>${qualityInWords(champion)}</p>
<p><a href="/models/${champion.version}">How it was judged</a></p></section>`;
}

/** What ran last and runs next, and what the lists rest on. */
function runs({ extent, features, champion, versions: [newest], next }: TodayView): Markup {
  return html`<section><h2>What ran last, and runs next</h2>
<dl class="facts">
${features === undefined ? "" : html`<div><dt>Features and scores of</dt><dd>${formatDay(features.snapshot)}</dd></div>`}
${newest === undefined ? "" : html`<div><dt>Training of</dt><dd>${formatMinute(newest.created)} UTC: ${newest.decision.promoted ? "put into service" : "not put into service"}</dd></div>`}
${extent === undefined ? "" : html`<div><dt>Actions</dt><dd>${formatCount(extent.actions)} of ${formatCounted(extent.users, "user")}</dd></div><div><dt>Of the days</dt><dd>${formatDay(extent.firstDay)} – ${formatDay(extent.lastDay)}</dd></div>`}
${champion === undefined ? "" : html`<div><dt>Lapsed is</dt><dd>${lapsedIs(champion.definition.churn)}</dd></div>`}
</dl>
${next === undefined ? html`<p>When the functions run next is up to the cluster: kubectl get pingsources.</p>` : html`<p>Next: ${next.map(({ name, at }) => `${name} at ${formatMinute(at)} UTC`).join(", ")}.</p>`}
<p><a href="/operations">All runs, and what went wrong</a></p></section>`;
}

function promised({ promises: { newest, next } }: TodayView): Markup {
  if (newest === undefined && next === undefined) return html``;
  return html`<section>
<h2>Promised and happened</h2>
<p>${newest === undefined ? "No list has been compared with what its users did yet." : promisesInWords(newest)} ${next === undefined ? "" : nextInWords(next)}</p>
<p><a href="/promises">By month and version</a></p>
</section>`;
}

function versions({ versions: all, damaged, allVersions, champion }: TodayView): Markup {
  if (all.length === 0) return html``;
  return html`<section>
<h2>Model versions</h2>
${listTable(
  "Model versions",
  [["Version"], ...versionColumns.map(({ name }) => [name] as const), ["What training decided", "words"]],
  all.map((manifest) => versionRow(manifest, champion)),
)}
${all.length + damaged.length < allVersions ? html`<p>These are the newest ${all.length + damaged.length} of ${formatCount(allVersions)}: <a href="/model">more of them</a></p>` : ""}
</section>`;
}

function versionRow(manifest: ModelManifest, champion: ModelManifest | undefined): Part[] {
  const { version, decision } = manifest;
  const serving = version === champion?.version ? html` <span class="pill">in service</span>` : "";
  return [
    html`<a href="/models/${version}">${version}</a>${serving}`,
    ...versionColumns.map(({ cell }) => wholeDays(cell(manifest))),
    decision.reason,
  ];
}
