import type { Evaluation } from "#churn/model/manifest.ts";
import { figure } from "#pages/figure.ts";
import { formatCount, formatPercent, shareOf } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";

/** The ranking in numbers, the riskiest tenth first. */
export function decileTable({ deciles }: Evaluation): Markup {
  return figure(
    "The ranking in numbers",
    html`<div class="scroll" tabindex="0" role="region" aria-label="The ranking in numbers"><table>
<thead><tr><th scope="col">Tenth</th><th scope="col">Users</th><th scope="col">Foretold</th><th scope="col">Left</th><th scope="col">Share</th><th scope="col">Lift</th><th scope="col">Reached</th></tr></thead>
<tbody>
${deciles.map(
  ({ decile, users, churned, meanProbability, lift, capture }) =>
    html`<tr><th scope="row">${String(decile)}</th><td>${formatCount(users)}</td><td>${formatPercent(meanProbability)}</td><td>${formatCount(churned)}</td><td>${formatPercent(shareOf(churned, users))}</td><td>${lift.toFixed(2)}</td><td>${formatPercent(capture)}</td></tr>
`,
)}</tbody>
</table></div>`,
    "Foretold and share: how many were predicted to leave and how many did; reached: how many of all leavers are in this tenth or a riskier one.",
  );
}
