import { describeFeature } from "#churn/reasons/describe-feature.ts";
import { formatCount, formatMinute } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import type { DriftOf, OwnHistory, Run } from "./history.ts";

/** The runs of functions, how far users have drifted, and what ingest has refused. */
export function historySection({ runs, rejected, drift }: OwnHistory): Markup {
  return html`<section>
<h2>Last runs</h2>
${runs.length === 0 ? html`<p>None is recorded yet.</p>` : runTable(runs)}
</section>
<section>
<h2>How far users have drifted from those that the model was judged on</h2>
${drift.length === 0 ? html`<p>Not measured yet: it is each night, once a model is in service.</p>` : driftTable(drift)}
</section>
<section>
<h2>Actions that were refused in the last 30 days</h2>
${rejected.size === 0 ? html`<p>None over HTTP. What an import refuses it prints, line by line.</p>` : rejections(rejected)}
</section>`;
}

function runTable(runs: readonly Run[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Last runs"><table class="list">
<thead><tr><th scope="col">Ended</th><th scope="col">Function</th><th scope="col" class="number">Took</th><th scope="col">Result</th></tr></thead>
<tbody>${runs.map(
    (run) =>
      html`<tr><td>${formatMinute(run.at)}</td><td>${run.name}<br><small>on ${run.cause}</small></td><td class="number">${run.seconds === undefined ? "–" : formatSeconds(run.seconds)}</td><td>${run.hasFailed ? html`<strong>failed</strong>: ` : ""}${resultOf(run)}</td></tr>
`,
  )}</tbody>
</table></div>`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function resultOf({ details }: Run): string {
  const { followed_by: followed, ...others } = details;
  const told = Object.entries(others).map(
    ([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "number" ? formatNumber(value) : value}`,
  );
  return [...told, ...(followed === undefined ? [] : [`then ${followed}`])].join(", ");
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(4)));
}

function driftTable(drift: readonly DriftOf[]): Markup {
  return html`<p>The population stability index: below 0.1 nothing has changed that matters; from 0.25 on, look into it.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Drift"><table class="list">
<thead><tr><th scope="col">Measured</th><th scope="col">Version</th><th scope="col" class="number">Probabilities</th><th scope="col">Features, most of all</th></tr></thead>
<tbody>${drift.map(
    ({ at, version, probability, features }) =>
      html`<tr><td>${formatMinute(at)}</td><td>${version}</td><td class="number">${probability === undefined ? "–" : `${probability.toFixed(2)} ${inWords(probability)}`}</td><td>${features.map(([name, psi]) => `${describeFeature(name)}: ${psi.toFixed(2)}`).join("; ")}</td></tr>
`,
  )}</tbody>
</table></div>`;
}

/** As Siddiqi (2006) and most since read the index. */
function inWords(psi: number): string {
  if (psi < 0.1) return "(steady)";
  return psi < 0.25 ? "(has moved)" : "(look into it)";
}

function rejections(rejected: ReadonlyMap<string, number>): Markup {
  const sorted = [...rejected].sort(([, a], [, b]) => b - a);
  return html`<table class="list"><thead><tr><th scope="col">What was wrong</th><th scope="col" class="number">Actions</th></tr></thead>
<tbody>${sorted.map(([reason, count]) => html`<tr><th scope="row">${reason}</th><td class="number">${formatCount(count)}</td></tr>`)}</tbody></table>
<p>Callers were told which items and why. What an import refuses it prints, line by line.</p>`;
}
