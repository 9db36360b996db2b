import { lapsedIs } from "#churn/churn-in-words.ts";
import { formatDay } from "#churn/day.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { Score } from "#churn/score.ts";
import { framed } from "#pages/frame.ts";
import { headline } from "#pages/headline.ts";
import { html, type Markup } from "#pages/html.ts";
import { nextInWords, promisesInWords } from "#pages/promises/in-words.ts";
import type { TodayView } from "./view.ts";

/** The page at /: what is known, how good the model is, and whom to keep and why. */
export function renderToday(view: TodayView): string {
  return framed(
    { title: "Today", section: "/", reader: view.reader },
    html`<h1>Which users are about to leave, and why</h1>
${summary(view)}
${atRisk(view)}
${promised(view)}
${versions(view)}`,
  );
}

function summary(view: TodayView): Markup {
  const { extent, champion, standsInFor, damaged, features, users, deadLetters } = view;
  return html`<section>
${standsInFor === undefined ? "" : html`<p class="alarm" role="alert">Version ${champion?.version ?? ""} stands in for ${standsInFor}. Restore its files, or choose a version: lapse models promote VERSION.</p>`}
${damaged.length === 0 ? "" : html`<p class="alarm" role="alert">Damaged, and of no use until their files are restored: ${damaged.join(", ")}.</p>`}
${champion === undefined ? html`<p class="headline">No model is in service yet.</p>` : html`<p class="headline">${headline(champion)}</p>`}
${frozenNotice(view)}
<dl class="facts">
<div><dt>Actions</dt><dd>${count(extent?.actions ?? 0)}</dd></div>
<div><dt>Users ever seen</dt><dd>${count(extent?.users ?? 0)}</dd></div>
${users === undefined ? "" : html`<div><dt>Here</dt><dd>${count(users.here)}</dd></div><div><dt>Lapsed</dt><dd>${count(users.lapsed)}</dd></div>`}
${extent === undefined ? "" : html`<div><dt>From, to</dt><dd>${formatDay(extent.firstDay)} – ${formatDay(extent.lastDay)}</dd></div>`}
${features === undefined ? "" : html`<div><dt>Snapshot</dt><dd>${formatDay(features.snapshot)}</dd></div>`}
${champion === undefined ? "" : html`<div><dt>Lapsed is</dt><dd>${lapsedIs(champion.definition.churn)}</dd></div>`}
<div><dt>Dead letters</dt><dd>${count(deadLetters)}</dd></div>
</dl>
</section>`;
}

/** Why the newest training promoted nothing, if the newest data looked broken to it. */
function frozenNotice({ champion, versions: [newest] }: TodayView): Markup {
  const isAboutChampion = champion !== undefined && newest?.decision.champion === champion.version;
  const frozen = isAboutChampion ? (newest?.decision.frozen ?? []) : [];
  if (frozen.length === 0) return html``;
  return html`<p class="notice">No model is promoted while the newest data look broken: ${frozen.map(({ verdict }) => verdict).join("; ")}.</p>`;
}

function atRisk({ scores }: TodayView): Markup {
  if (scores.length === 0) return html``;
  return html`<section>
<h2>Most at risk of leaving, of the users who are still here</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Users at risk"><table class="list">
<thead><tr><th scope="col">User</th><th scope="col" class="number">Leaves with probability</th><th scope="col">Risk</th><th scope="col">Because</th></tr></thead>
<tbody>${scores.map(userRow)}</tbody>
</table></div>
</section>`;
}

function userRow({ userId, probability, risk, reasons }: Score): Markup {
  return html`<tr><th scope="row">${userId}</th><td class="number">${percent(probability)}</td><td><span class="pill ${risk}">${risk}</span></td><td>${reasons.map(({ sentence }) => sentence).join("; ")}</td></tr>
`;
}

function promised({ promises: { newest, next } }: TodayView): Markup {
  if (newest === undefined && next === undefined) return html``;
  return html`<section>
<h2>Promised and happened</h2>
<p>${newest === undefined ? "No list has been compared with what its users did yet." : promisesInWords(newest)} ${next === undefined ? "" : nextInWords(next)}</p>
<p><a href="/promises">By month and version</a></p>
</section>`;
}

function versions({ versions: all, champion }: TodayView): Markup {
  if (all.length === 0) return html``;
  return html`<section>
<h2>Model versions</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Model versions"><table class="list">
<thead><tr><th scope="col">Version</th><th scope="col" class="number">AUC</th><th scope="col" class="number">Recency alone</th><th scope="col" class="number">Off by</th><th scope="col">Decision</th></tr></thead>
<tbody>${all.map((manifest) => versionRow(manifest, champion))}</tbody>
</table></div>
</section>`;
}

function versionRow({ version, test, peers, decision }: ModelManifest, champion: ModelManifest | undefined): Markup {
  const serving = version === champion?.version ? html` <span class="pill">in service</span>` : "";
  return html`<tr><th scope="row"><a href="/models/${version}">${version}</a>${serving}</th><td class="number">${test.auc.value.toFixed(3)}</td><td class="number">${peers?.recency.auc.value.toFixed(3) ?? "–"}</td><td class="number">${(100 * test.ece.value).toFixed(1)} points</td><td>${decision.reason}</td></tr>
`;
}

function count(number: number): string {
  return number.toLocaleString("en");
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
