import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { html, type Markup } from "#pages/html.ts";

const size = { width: 90, height: 22 };

/** A user's last probabilities, the oldest first, as a small line; its ends stand in words for those who do not see it. */
export function scoreLine(userId: string, scores: readonly number[]): Markup {
  const x = scaleLinear([0, Math.max(1, scores.length - 1)], [3, size.width - 4]);
  const y = scaleLinear([0, 1], [size.height - 3, 3]);
  const last = scores.at(-1) ?? 0;
  const path = line<number>(
    (_, i) => x(i),
    (score) => y(score),
  )(scores);
  const end = scores.length === 1 ? size.width / 2 : x(scores.length - 1);
  return html`<svg class="scores" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${inWords(userId, scores)}">
<line class="grid" x1="0" x2="${size.width}" y1="${y(0)}" y2="${y(0)}"/>
${scores.length === 1 ? "" : html`<path class="line" d="${path ?? ""}"/>`}
<circle class="point" cx="${end}" cy="${y(last)}" r="3"/>
</svg>`;
}

function inWords(userId: string, scores: readonly number[]): string {
  const percent = (score: number | undefined) => `${Math.round(100 * (score ?? 0))} %`;
  return scores.length === 1
    ? `${userId}: one score so far, ${percent(scores[0])}`
    : `${userId}: from ${percent(scores[0])} to ${percent(scores.at(-1))} over ${scores.length} scores`;
}
