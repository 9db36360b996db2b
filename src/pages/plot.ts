import { shown } from "./format.ts";
import { html, type Markup, type Part } from "./html.ts";

/** What every plot shares: an SVG that says in words what it shows, for screen readers. */
interface PlotText {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What there is to see, with its numbers. */
  readonly description: string;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A mark on an axis: where, in SVG units, and what it says. */
interface Tick {
  readonly at: number;
  readonly label: string;
}

/** The common size of plots, and the edges of the area inside the axes, in SVG units. */
export const frame = { width: 460, height: 330, left: 68, right: 434, top: 16, bottom: 278 };

/** One plot; its body is drawn in SVG units, within `frame` unless it has a size of its own. */
export function plot({ id, title, description }: PlotText, body: Part, size: Size = frame): Markup {
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
${body}
</svg>`;
}

/** Ticks and a label below the area of the frame, with grid lines through it where asked for. */
export function bottomAxis(ticks: readonly Tick[], label: string, { grid = false } = {}): Markup {
  const y = frame.bottom;
  return html`<g class="axis">
${ticks.map(({ at, label: text }) => [
  grid ? html`<line class="grid" x1="${at}" x2="${at}" y1="${frame.top}" y2="${y}"/>` : [],
  html`<text x="${at}" y="${y + 18}" text-anchor="middle">${text}</text>`,
])}
<line class="base" x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}"/>
<text class="axis-label" x="${(frame.left + frame.right) / 2}" y="${y + 40}" text-anchor="middle">${label}</text>
</g>`;
}

/** Ticks, grid lines and a label left of the frame's area. */
export function leftAxis(ticks: readonly Tick[], label: string): Markup {
  const middle = (ticks.at(0)?.at ?? frame.top) / 2 + (ticks.at(-1)?.at ?? frame.bottom) / 2;
  return html`<g class="axis">
${ticks.map(({ at, label: text }) => [
  html`<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${at}" y2="${at}"/>`,
  html`<text x="${frame.left - 8}" y="${at + 4}" text-anchor="end">${text}</text>`,
])}
<text class="axis-label" transform="translate(13 ${middle}) rotate(-90)" text-anchor="middle">${label}</text>
</g>`;
}

/** Characters that fit between a vertical axis and its label. */
const mostAside = 5;

/** The ticks of a d3 scale beside a vertical axis: shortened (`−1.5K`, `20M`) where one of them would run into the axis's label. */
export function ticksAside(
  scale: Parameters<typeof ticksOf>[0],
  count: number,
  format: (value: number) => string,
): Tick[] {
  const ticks = ticksOf(scale, count, format);
  if (ticks.every(({ label }) => label.length <= mostAside)) return ticks;
  return ticksOf(scale, count, (value) => shown(value, { notation: "compact", maximumSignificantDigits: 3 }));
}

/** The ticks of a d3 scale. */
export function ticksOf(
  scale: { (value: number): number; ticks(count: number): number[] },
  count: number,
  format: (value: number) => string,
): Tick[] {
  return scale.ticks(count).map((value) => ({ at: scale(value), label: format(value) }));
}
