import type { ModelManifest } from "#churn/model/manifest.ts";
import { evidenceInWords } from "#pages/evidence-in-words.ts";
import { formatCount, formatMinute } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { headline } from "#pages/headline.ts";
import { html, type Markup, type Part } from "#pages/html.ts";
import { listTable } from "#pages/list-table.ts";
import { nextInWords, promisesInWords } from "#pages/promises/in-words.ts";
import { versionColumns } from "#pages/version-cells.ts";
import { wholeDays } from "#pages/whole-days.ts";
import { lostChampion } from "#stores/models/former.ts";
import type { ModelView } from "./view.ts";

/** The page at /model: which version serves, how good it is, what else there is, and how it came about. */
export function renderModel(view: ModelView): string {
  return framed(
    { title: "Model", section: "/model", reader: view.reader },
    html`<h1>The model that decides who is at risk</h1>
${service(view)}
${promised(view)}
${versions(view)}
${history(view)}`,
  );
}

function service({ champion, before, challenger, versions, damaged, moves, mayOperate }: ModelView): Markup {
  const lost = lostChampion(moves);
  const serving = versions.find(({ version }) => version === champion?.version);
  const rival = challenger?.version === champion?.version ? undefined : challenger?.version;
  return html`<section>
${champion?.standsInFor === undefined ? "" : html`<p class="alarm" role="alert">Version ${champion.version} stands in for ${champion.standsInFor}. Restore its files, or put another version into service.</p>`}
${damaged.length === 0 ? "" : html`<p class="alarm" role="alert">Damaged, and of no use until their files are restored: ${damaged.join(", ")}.</p>`}
${champion === undefined && lost !== undefined ? html`<p class="alarm" role="alert">${lost}.</p>` : ""}
<p class="headline">${serving === undefined ? "No model is in service yet." : headline(serving)}</p>
${champion === undefined ? "" : html`<p>Version <a href="/models/${champion.version}">${champion.version}</a> has been in service since ${formatMinute(champion.movedAt)} UTC.${rival === undefined ? "" : html` The challenger ${rival} scores in shadow: its probabilities are recorded and compared, and shown to no one.`}</p>`}
${mayOperate && before !== undefined ? html`<p><a href="/model/rollback">Roll back to ${before}</a></p>` : ""}
</section>`;
}

function promised({ promises: { newest, next } }: ModelView): Markup {
  return html`<section>
<h2>Promised and happened</h2>
<p>${newest === undefined ? "No list has been compared with what its users did yet." : promisesInWords(newest)} ${next === undefined ? "" : nextInWords(next)}</p>
<p><a href="/promises">By month and version</a> · <a href="/promises/segments">By segment and arm</a></p>
</section>`;
}

function versions({
  versions: all,
  damaged,
  allVersions,
  champion,
  challenger,
  mayOperate,
  calledAs,
}: ModelView): Markup {
  if (all.length === 0) return html``;
  const options = (chosen: string | undefined) =>
    all.map(({ version }) => html`<option${version === chosen ? html` selected` : ""}>${version}</option>`);
  const other = all.find(({ version }) => version !== champion?.version)?.version;
  return html`<section>
<h2>Versions</h2>
<p>AUC is the probability that of one user who left and one who stayed the model puts the one who left higher; 0.5 is chance. Log loss measures the probabilities themselves; lower is better. A row is one user at one snapshot. Of each version a proof was judged, on snapshots after all the outcomes that it had learned from; what serves was then made in the same way from all outcomes that were known, those of the test included. In brackets are 95 % intervals.</p>
${listTable(
  "Model versions",
  [["Version"], ...versionColumns.map(({ name }) => [name] as const), ["What training decided", "words"]],
  all.map((one) => versionRow(one, standing(one.version, champion?.version, challenger?.version), mayOperate)),
)}
${all.length + damaged.length < allVersions ? html`<p>These are the newest ${all.length + damaged.length} of ${formatCount(allVersions)} versions: <code>${calledAs} models</code> and <a href="/v1/versions">/v1/versions</a> have all.</p>` : ""}
${all.length < 2 ? "" : html`<form method="get" action="/model/compare"><p><label>Compare <select name="a">${options(champion?.version)}</select></label> <label>with <select name="b">${options(other)}</select></label> <button>Compare</button></p></form>`}
</section>`;
}

function standing(version: string, champion: string | undefined, challenger: string | undefined): string | undefined {
  if (version === champion) return "in service";
  return version === challenger ? "challenger" : undefined;
}

function versionRow(manifest: ModelManifest, place: string | undefined, mayOperate: boolean): Part[] {
  const { version, decision } = manifest;
  const change =
    mayOperate && place !== "in service"
      ? html`<br><a href="/model/promote?version=${version}">Put into service</a>`
      : "";
  return [
    html`<a href="/models/${version}">${version}</a>${place === undefined ? "" : html` <span class="pill">${place}</span>`}${change}`,
    ...versionColumns.map(({ cell }) => wholeDays(cell(manifest))),
    decision.reason,
  ];
}

function history({ moves, allMoves, calledAs }: ModelView): Markup {
  if (moves.length === 0) return html``;
  return html`<section>
<h2>What was put into service, by whom, and why</h2>
${listTable(
  "History",
  [["When", "moment"], ["Place"], ["From"], ["To"], ["By"], ["Evidence of its training", "words"], ["Why", "words"]],
  moves.map(({ at, alias, from, to, by, evidence, reason }) => [
    at === undefined ? "unknown" : formatMinute(at),
    alias === "champion" ? "in service" : "challenger",
    from ?? "–",
    to ?? "unreadable",
    by,
    evidence === undefined ? "–" : wholeDays(evidenceInWords(evidence)),
    reason,
  ]),
)}
${moves.length < allMoves ? html`<p>These are the newest ${moves.length} of ${formatCount(allMoves)} moves: <code>${calledAs} models history</code> and <a href="/v1/moves">/v1/moves</a> have all.</p>` : ""}
</section>`;
}
