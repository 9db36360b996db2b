import { churnInSentences } from "#churn/churn-in-words.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { ModelKind } from "#churn/model/parameters.ts";
import { capturePlot } from "#pages/capture-plot.ts";
import { distributionPlot } from "#pages/distribution-plot.ts";
import { formatCounted, formatPercent, shareOf } from "#pages/format.ts";
import { headline } from "#pages/headline.ts";
import { html, type Markup } from "#pages/html.ts";
import { keptTogether } from "#pages/kept-together.ts";
import { liftPlot } from "#pages/lift-plot.ts";
import { reliabilityPlot } from "#pages/reliability-plot.ts";
import { rocPlot } from "#pages/roc-plot.ts";
import { style } from "#pages/style.ts";
import { timeline } from "#pages/timeline.ts";
import { decileTable } from "./decile-table.ts";
import { drivers } from "./drivers.ts";
import { featureTable } from "./feature-table.ts";
import { keyMetrics } from "./key-metrics.ts";
import { peersTable } from "./peers-table.ts";
import { segmentSection } from "./segment-table.ts";

/**
 * The report page of a model version: one HTML document that loads nothing and runs nothing, for screen and paper.
 * The same manifest gives the same bytes.
 */
export function renderReport(m: ModelManifest): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Churn model ${m.version}</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="version">Churn model <strong>${m.version}</strong> ${m.decision.promoted ? html`<span class="badge promoted">✓ put into service</span>` : html`<span class="badge rejected">✕ not put into service</span>`}</p>
<h1>${headline(m)}</h1>
<p>Why: ${m.decision.reason}.${championInWords(m.decision)}</p>
</header>
<main>
<section>
<h2>How good it is, on a time it had not seen</h2>
${keyMetrics(m.test)}
${peersTable(m)}
<div class="plots">
${liftPlot(m.test)}
${capturePlot(m.test)}
${reliabilityPlot(m.test)}
${distributionPlot(m)}
${rocPlot(m.test)}
${decileTable(m.test)}
</div>
</section>
${segmentSection(m)}
${driversSection(m)}
<section>
<h2>What was learned, and when</h2>
<p>${churnInSentences(m.definition.churn)}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Training and test periods">${timeline(m)}</div>
<p class="key"><span class="swatch observed"></span> days observed <span class="swatch learned"></span> days foretold, learned from <span class="swatch checked"></span> days foretold, only checked on</p>
<p>The model that is checked has learned from ${outcomes(m.proof ?? m.training)}, all of which were known before the first day that it is checked on. It was checked on ${outcomes(m.test)}.${servingInWords(m)}</p>
</section>
${featuresSection(m)}
<section>
<h2>Promised and happened</h2>
<p>This page is of the day on which the model was made, and is never written again. Whether the lists that it made kept what they promised is told later, once their churn windows have closed: at <code>/promises</code> of the desk, and by the command <code>promises</code>.</p>
</section>
</main>
<footer>
${facts(m)}
</footer>
</body>
</html>
`;
  return keptTogether(page.markup);
}

function championInWords({ champion, championAuc, judged }: ModelManifest["decision"]): string {
  if (champion === null || championAuc === null) return "";
  if (judged?.auc !== undefined && judged.auc !== null)
    return ` On ${judged.snapshots.join(", ")}, where the data look sound, it has AUC ${judged.auc.toFixed(2)} and the champion ${champion} ${championAuc.toFixed(2)}.`;
  return ` On the same users the champion ${champion} has AUC ${championAuc.toFixed(2)}.`;
}

/** What the model that serves knows more than the one that was checked. */
function servingInWords({ proof, training }: ModelManifest): string {
  if (proof === undefined) return "";
  return ` The model that serves was then made in the same way from all that is known by now, ${outcomes(training)}: it is newer by the days that the other one had to wait for.`;
}

function outcomes({ rows, churned }: { rows: number; churned: number }): string {
  return `${formatCounted(rows, "outcome")} (the user left in ${formatPercent(shareOf(churned, rows))} of them)`;
}

function driversSection(m: ModelManifest): Markup {
  return html`<section>
<h2>What drives the predictions</h2>
<p>By how much each moves the odds of leaving, away from those of the typical user, on average over the users who were here at the end of the log (2,000 of them at most), as the model that serves sees them; what they will do nobody knows yet, so this tells what the model goes by, not how right it is. The arrow says whether more of it goes with leaving or with staying. Features that overlap, such as the same count over two windows, share one effect. So read them as a group; the reasons given for a user add up each group.</p>
${drivers(m)}
</section>`;
}

function featuresSection(m: ModelManifest): Markup {
  return html`<section>
<h2>All features</h2>
<p>The usual range is the 1st to 99th percentile of training. For the regression a value below or above it counts as the end of that range; days since the first action have no upper end, as they grow with the calendar.</p>
${featureTable(m)}
</section>`;
}

/** What each family of models is called. */
const families: Record<ModelKind, string> = {
  logistic: "logistic regression",
  trees: "boosted trees",
  blend: "blend of a logistic regression and boosted trees",
};

function familiesInWords({ training, parameters }: ModelManifest): string {
  const losses = training.families.map(({ kind, logLoss }) => `${kind} ${logLoss.toFixed(4)}`);
  const compared = losses.length === 0 ? "" : ` (log loss on later training snapshots: ${losses.join(", ")})`;
  return `${families[parameters.kind]}${compared}`;
}

function facts(m: ModelManifest): Markup {
  const { created, sha256, training } = m;
  const facts: [string, string][] = [
    ["Created", created],
    ["Model", familiesInWords(m)],
    ["L2 penalty", String(training.l2)],
    ...(training.halfLifeDays === null
      ? []
      : [["Half-life of a training row", formatCounted(training.halfLifeDays, "day")] satisfies [string, string]]),
    ["Gradient norm at the optimum", training.gradientNorm.toExponential(1)],
    ["Training time", `${training.seconds.toFixed(1)} s`],
    ["sha256 of model.onnx", sha256],
  ];
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
