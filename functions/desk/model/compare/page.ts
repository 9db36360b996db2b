import type { ModelManifest } from "#churn/model/manifest.ts";
import { formatCounted, formatPoints, threeDecimals, withInterval } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { captureInWords } from "#pages/headline.ts";
import { html, type Markup } from "#pages/html.ts";
import { judgedInWords } from "#pages/version-cells.ts";
import { byUserSections } from "./by-user.ts";
import type { ComparisonView } from "./view.ts";

/** Two versions side by side: each by the test that it was judged on, then both by the same users. */
export function renderComparison({ a, b, byUser, reader, calledAs }: ComparisonView): string {
  const isSameTest = a.test.snapshots.join() === b.test.snapshots.join();
  return framed(
    { title: "Compare versions", section: "/model", reader },
    html`<h1>Two versions side by side</h1>
<p>${isSameTest ? "Both were judged on the same snapshots." : "They were judged on different snapshots, so a small difference says little."} What was judged is a proof, which had not seen the outcomes of its test; the model that serves has learned from those as well. In brackets are 95 % intervals.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Comparison"><table class="list">
<thead><tr><td></td><th scope="col">A: <a href="/models/${a.version}">${a.version}</a></th><th scope="col">B: <a href="/models/${b.version}">${b.version}</a></th></tr></thead>
<tbody>
${row("Kind", a, b, ({ parameters }) => kinds[parameters.kind])}
${row("The proof learned from", a, b, ({ proof, training }) => learnedFrom(proof ?? training))}
${row("The proof was judged on", a, b, judgedInWords)}
${row("What serves learned from", a, b, ({ training }) => learnedFrom(training))}
${row("AUC, higher is better", a, b, ({ test }) => withInterval(test.auc, threeDecimals))}
${row("AUC of recency alone", a, b, ({ peers }) => withInterval(peers?.recency.auc, threeDecimals))}
${row("Log loss, lower is better", a, b, ({ test }) => withInterval(test.logLoss, (value) => value.toFixed(4)))}
${row("Probabilities off by, on average, in points", a, b, ({ test }) => withInterval(test.ece, formatPoints))}
${row("Of those who left, in the riskiest tenth", a, b, ({ test }) => captureInWords(test.capture, test.deciles[0]?.capture ?? 0))}
${row("What training decided", a, b, ({ decision }) => decision.reason)}
</tbody></table></div>
${typeof byUser === "string" ? html`<p class="notice">User by user: ${byUser}</p>` : byUserSections(byUser, calledAs)}
<p><a href="/model">All versions</a></p>`,
  );
}

const kinds = { logistic: "regression", trees: "boosted trees", blend: "regression and trees" };

function row(name: string, a: ModelManifest, b: ModelManifest, of: (manifest: ModelManifest) => string): Markup {
  return html`<tr><th scope="row">${name}</th><td>${of(a)}</td><td>${of(b)}</td></tr>`;
}

function learnedFrom({ rows, snapshots }: { readonly rows: number; readonly snapshots: readonly string[] }): string {
  return `${formatCounted(rows, "row")} up to ${snapshots.at(-1) ?? "–"}`;
}
