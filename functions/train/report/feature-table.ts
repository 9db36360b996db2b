import { parseFeature } from "#churn/features/catalogue.ts";
import type { LogisticParameters } from "#churn/model/manifest.ts";
import { describeFeature } from "#churn/reasons/describe-feature.ts";
import { formatOdds, formatValue } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import { effectsOf } from "./drivers.ts";

/** Every feature with its median, usual range and weight, the strongest first. */
export function featureTable(
  parameters: LogisticParameters,
  features: readonly string[],
  typical: readonly number[],
): Markup {
  const effects = effectsOf(parameters);
  const order = features.map((_, j) => j).sort((a, b) => Math.abs(effects[b] ?? 0) - Math.abs(effects[a] ?? 0));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Features"><table class="features">
<thead><tr><th scope="col">Feature</th><th scope="col">Median</th><th scope="col">Usual range</th><th scope="col">Scale</th><th scope="col">Weight</th><th scope="col">Odds per step</th></tr></thead>
<tbody>
${order.map((j) => {
  const name = features[j] ?? "";
  return html`<tr><th scope="row">${describeFeature(name)}<code>${name}</code></th><td>${formatValue(typical[j] ?? 0)}</td><td>${range(name, parameters.low[j] ?? 0, parameters.high[j] ?? 0)}</td><td>${parameters.transform[j] === "log1p" ? "logarithmic" : "linear"}</td><td>${(parameters.weights[j] ?? 0).toFixed(3)}</td><td>${formatOdds(effects[j] ?? 0)}</td></tr>
`;
})}</tbody>
</table></div>`;
}

/** Values beyond it count as its ends. That of tenure is open above: its bound is there for slips only. */
function range(name: string, low: number, high: number): string {
  if (parseFeature(name)?.scale === "calendar") return `${formatValue(low)} or more`;
  return `${formatValue(low)} … ${formatValue(high)}`;
}
