import { parseFeature } from "#churn/features/catalogue.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { describeFeature } from "#churn/reasons/describe-feature.ts";
import { formatOdds, formatValue } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import { effectsOf } from "./drivers.ts";

/** Every feature with its median, usual range and effect, the strongest first. */
export function featureTable(manifest: ModelManifest): Markup {
  const { features, typical, parameters } = manifest;
  const { low, high } = parameters.scaling;
  const effects = effectsOf(manifest);
  const order = features.map((_, j) => j).sort((a, b) => Math.abs(effects[b] ?? 0) - Math.abs(effects[a] ?? 0));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Features"><table class="features">
<thead><tr><th scope="col">Feature</th><th scope="col">Median</th><th scope="col">Usual range</th><th scope="col">Moves the odds by</th><th scope="col">More of it goes with</th></tr></thead>
<tbody>
${order.map((j) => {
  const name = features[j] ?? "";
  const effect = effects[j] ?? 0;
  return html`<tr><th scope="row">${describeFeature(name)}<code>${name}</code></th><td>${formatValue(typical[j] ?? 0)}</td><td>${range(name, low[j] ?? 0, high[j] ?? 0)}</td><td>${formatOdds(Math.abs(effect))}</td><td>${effect === 0 ? "neither" : effect > 0 ? "leaving" : "staying"}</td></tr>
`;
})}</tbody>
</table></div>`;
}

/** Values beyond it count as its ends. That of what grows with the calendar is open above: its bound is there for slips only. */
function range(name: string, low: number, high: number): string {
  if (parseFeature(name)?.scale === "calendar") return `${formatValue(low)} or more`;
  return `${formatValue(low)} … ${formatValue(high)}`;
}
