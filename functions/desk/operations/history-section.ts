import { describeFeature } from "#churn/reasons/describe-feature.ts";
import { formatCount, formatMinute } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import { listTable } from "#pages/list-table.ts";
import { pingType } from "#runtime/event-kinds.ts";
import { detailInWords, nameInWords } from "./audit-words.ts";
import { type DriftOf, driftThreshold, type Import, type OwnHistory, type Run } from "./history.ts";

/** The runs of functions, how far users have drifted, and what ingest has refused. */
export function historySection({ runs, imports, rejected, drift }: OwnHistory): Markup {
  return html`<section>
<h2>Last runs</h2>
${runs.length === 0 ? html`<p>None is recorded yet.</p>` : runTable(runs)}
</section>
<section>
<h2>How far users have drifted from those who were here when the model was trained</h2>
${drift.length === 0 ? html`<p>Not measured yet: it is each night, once a model is in service.</p>` : driftTable(drift)}
</section>
<section>
<h2>Logs that were imported, and lines that were left out</h2>
${imports.length === 0 ? html`<p>None so far.</p>` : importTable(imports)}
</section>
<section>
<h2>Actions over HTTP that were refused in the last 30 days</h2>
${rejected.size === 0 ? html`<p>None.</p>` : rejections(rejected)}
</section>`;
}

function runTable(runs: readonly Run[]): Markup {
  return listTable(
    "Last runs",
    [["Ended", "moment"], ["Function"], ["Took", "number"], ["Result"]],
    runs.map((run) => [
      formatMinute(run.at),
      html`${run.name} <small>${causeInWords(run.cause)}</small>`,
      run.seconds === undefined ? "–" : formatSeconds(run.seconds),
      run.hasFailed ? html`<strong>failed</strong>: ${resultOf(run)}` : resultOf(run),
    ]),
  );
}

/** What an event tells, by its type: `users scored` for `dev.lapse.users.scored`. */
function eventInWords(type: string): string {
  return type.startsWith(ownTypes) ? type.slice(ownTypes.length).replaceAll(/[._-]/g, " ") : type;
}

const ownTypes = "dev.lapse.";

function causeInWords(cause: string): string {
  return cause === pingType ? "by schedule or by hand" : `after ${eventInWords(cause)}`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function resultOf({ details }: Run): string {
  // The number of a run says nothing to people.
  const { followed_by: followed, failure, run: _, ...others } = details;
  const told = Object.entries(others)
    // An import has rolled up its user-days already; bounds stand behind what they are the bounds of.
    .filter(([name, value]) => (name !== "user_days" || value !== 0) && !/_(low|high)$/.test(name))
    .map(([name, value]) => `${nameInWords(name)} ${detailInWords(value)}${boundsOf(name, others)}`);
  const parts = [
    ...(failure === undefined ? [] : [String(failure)]),
    ...told,
    ...(followed === undefined ? [] : [`then ${eventInWords(String(followed))}`]),
  ];
  return parts.length === 0 ? "done" : parts.join(", ");
}

/** ` (0.787 to 0.812)` where the details have both bounds of a figure. */
function boundsOf(name: string, details: Run["details"]): string {
  const [low, high] = [details[`${name}_low`], details[`${name}_high`]];
  return low === undefined || high === undefined ? "" : ` (${detailInWords(low)} to ${detailInWords(high)})`;
}

function driftTable(drift: readonly DriftOf[]): Markup {
  return html`<p>The population stability index: below ${steady} nothing has changed that matters; from ${driftThreshold} on, look into it.</p>
${listTable(
  "Drift",
  [["Measured", "moment"], ["Version"], ["Probabilities", "number"], ["Features that have moved most"]],
  drift.map(({ at, version, probability, features }) => [
    formatMinute(at),
    version,
    probability === undefined ? "–" : `${probability.toFixed(2)} ${inWords(probability)}`,
    movedInWords(features),
  ]),
)}`;
}

function movedInWords(features: DriftOf["features"]): string {
  const moved = features.filter(([, psi]) => psi >= steady);
  if (moved.length === 0) return "all are steady";
  return moved.map(([name, psi]) => `${describeFeature(name)}: ${psi.toFixed(2)}`).join("; ");
}

/** Below it an index tells nothing that matters, as Siddiqi (2006) and most since read it. */
const steady = 0.1;

function inWords(psi: number): string {
  if (psi < steady) return "(steady)";
  return psi < driftThreshold ? "(has moved)" : "(look into it)";
}

function importTable(imports: readonly Import[]): Markup {
  return html`${listTable(
    "Imports",
    [["When", "moment"], ["Log"], ["New", "number"], ["Known already", "number"], ["Left out", "number"], ["Why"]],
    imports.map(({ at, name, created, known, rejected }) => [
      formatMinute(at),
      name,
      formatCount(created),
      formatCount(known),
      formatCount(rejected.reduce((sum, [, count]) => sum + count, 0)),
      rejected.map(([reason, count]) => `${formatCount(count)} × ${reason}`).join("; "),
    ]),
  )}
<p>An import prints the first lines of each reason.</p>`;
}

function rejections(rejected: ReadonlyMap<string, number>): Markup {
  const sorted = [...rejected].sort(([, a], [, b]) => b - a);
  return html`<table class="list"><thead><tr><th scope="col">What was wrong</th><th scope="col" class="number">Actions</th></tr></thead>
<tbody>${sorted.map(([reason, count]) => html`<tr><th scope="row">${reason}</th><td class="number">${formatCount(count)}</td></tr>`)}</tbody></table>
<p>Callers were told which items and why.</p>`;
}
