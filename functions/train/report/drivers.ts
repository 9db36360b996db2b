import { scaleLinear } from "d3-scale";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { describeFeature } from "#churn/reasons/describe-feature.ts";
import { formatOdds } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";

/**
 * By how much each feature moves the log-odds on average, with the sign of the direction in which more of it goes in the
 * training rows: above 0 with leaving, below with staying.
 */
export function effectsOf({
  importances,
  associations,
}: Pick<ModelManifest, "importances" | "associations">): number[] {
  return importances.map((importance, j) => ((associations[j] ?? 0) < 0 ? -importance : importance));
}

/** The strongest features as bars to both sides: to the right more of it goes with leaving, to the left with staying. */
export function drivers(manifest: ModelManifest, limit = 14): Markup {
  const effects = effectsOf(manifest);
  const strongest = manifest.features
    .map((feature, j) => ({ feature, effect: effects[j] ?? 0 }))
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
    .slice(0, limit);
  // Without any effect every bar is empty, whatever the scale.
  const largest = Math.abs(strongest[0]?.effect ?? 0) || 1;
  const x = scaleLinear([-largest, largest], [0, 300]);
  return html`<ol class="drivers">
${strongest.map(({ feature, effect }) => driver(describeFeature(feature), effect, x))}
</ol>`;
}

function driver(words: string, effect: number, x: (effect: number) => number): Markup {
  const [from, to] = [Math.min(x(0), x(effect)), Math.max(x(0), x(effect))];
  return html`<li><span class="words">${words}</span>
<svg viewBox="0 0 300 14" preserveAspectRatio="none" aria-hidden="true"><rect class="${effect > 0 ? "churned" : "stayed"}" x="${from}" width="${to - from}" y="1" height="12"/><line class="base" x1="${x(0)}" x2="${x(0)}" y1="0" y2="14"/></svg>
<span class="effect">${direction(effect)} <span class="odds">odds ${formatOdds(Math.abs(effect))}</span></span></li>
`;
}

function direction(effect: number): string {
  if (effect === 0) return "no effect";
  return effect > 0 ? "▲ leaving" : "▼ staying";
}
