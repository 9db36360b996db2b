import type { Evaluation, ModelManifest } from "#churn/model/manifest.ts";
import { figure } from "#pages/figure.ts";
import { formatPoints } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";

/** The model beside simpler rules on the same users; nothing for versions from before these were judged. */
export function peersTable({ test, peers }: Pick<ModelManifest, "test" | "peers">): Markup {
  if (peers === undefined) return html``;
  return figure(
    "Beside simpler rules, on the same users",
    html`<div class="scroll" tabindex="0" role="region" aria-label="The model beside simpler rules"><table>
<thead><tr><th scope="col"></th><th scope="col">AUC</th><th scope="col">95 %</th><th scope="col">Log loss</th><th scope="col">95 %</th><th scope="col">Calibration error</th></tr></thead>
<tbody>
${row("This model", test)}${row("Days since the last action alone", peers.recency)}${row("The same share for everybody", peers.plainRate)}</tbody>
</table></div>`,
    "A model is worth having only if it is better than both: higher AUC, lower log loss. Both rules know what the model knew: the same share is that of the newest rows that it learned from, not that of the test.",
  );
}

function row(name: string, { auc, logLoss, ece }: Evaluation): Markup {
  return html`<tr><th scope="row">${name}</th><td>${auc.value.toFixed(3)}</td><td>${interval(auc)}</td><td>${logLoss.value.toFixed(3)}</td><td>${interval(logLoss)}</td><td>${formatPoints(ece.value)} points</td></tr>
`;
}

function interval({ low, high }: Evaluation["auc"]): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}
