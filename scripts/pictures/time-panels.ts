import { scaleLinear, scaleUtc } from "d3-scale";
import { curveLinear, curveStepAfter, line } from "d3-shape";
import { html, type Markup } from "#pages/html.ts";

/** One line of a panel. */
export interface Series {
  readonly name: string;
  /** Milliseconds since the epoch, or what else `formatTime` tells, and the value. */
  readonly points: readonly (readonly [number, number])[];
}

/** A plot of values over time. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
  /** How a value is told. */
  readonly format: (value: number) => string;
  /** Whether a value holds until the next, as a number of things does. */
  readonly isStepped?: boolean;
}

interface PictureOptions {
  readonly title: string;
  /** Panels beside each other. */
  readonly columns?: number;
  /** How a time is told. */
  readonly formatTime: (time: number) => string;
}

/** Of a panel, in SVG units; the plot itself keeps free the room for title, legend and axes. */
const size = { width: 640, height: 230, left: 70, right: 18, top: 52, bottom: 30 };

/** Colours of Okabe and Ito, which people of any colour vision tell apart. */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999"];

/** A picture of panels over the same time, as a whole SVG file. */
export function timePanels(panels: readonly Panel[], { title, columns = 1, formatTime }: PictureOptions): string {
  const times = panels.flatMap(({ series }) => series.flatMap(({ points }) => points.map(([time]) => time)));
  const span = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))] as const;
  const width = columns * size.width;
  const height = 40 + Math.ceil(panels.length / columns) * size.height;
  const body = panels.map((panel, i) => {
    const at = `translate(${(i % columns) * size.width} ${40 + Math.floor(i / columns) * size.height})`;
    return html`<g transform="${at}">${drawn(panel, span, formatTime)}</g>`;
  });
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#1c2430">
<title>${title}</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="16" y="26" font-size="17" font-weight="600">${title}</text>
${body}
</svg>
`.markup;
}

function drawn(panel: Panel, span: readonly [number, number], formatTime: (time: number) => string): Markup {
  const bottom = size.height - size.bottom;
  const highest = Math.max(0, ...panel.series.flatMap(({ points }) => points.map(([, value]) => value)));
  const x = scaleUtc(span, [size.left, size.width - size.right]);
  const y = scaleLinear([0, highest || 1], [bottom, size.top]).nice(4);
  // Of a number of things there are no halves.
  const ticks = y.ticks(4).filter((value) => !panel.isStepped || Number.isInteger(value));
  const path = line<readonly [number, number]>(
    ([time]) => x(time),
    ([, value]) => y(value),
  )
    .digits(1)
    .curve(panel.isStepped ? curveStepAfter : curveLinear);
  return html`<text x="16" y="20" font-weight="600">${panel.title}</text>
${legend(panel.series)}
${ticks.map(
  (
    value,
  ) => html`<line x1="${size.left}" x2="${size.width - size.right}" y1="${y(value)}" y2="${y(value)}" stroke="#d9dee6"/>
<text x="${size.left - 6}" y="${y(value) + 4}" text-anchor="end" fill="#586273">${panel.format(value)}</text>`,
)}
${x.ticks(6).map((time) => html`<text x="${x(time)}" y="${bottom + 18}" text-anchor="middle" fill="#586273">${formatTime(time.getTime())}</text>`)}
${panel.series.map(({ points }, i) => html`<path d="${path(points) ?? ""}" fill="none" stroke="${colourOf(i)}" stroke-width="1.8"/>`)}`;
}

function legend(series: readonly Series[]): Markup[] {
  let x = 16;
  return series.map(({ name }, i) => {
    const entry = html`<rect x="${x}" y="30" width="10" height="10" rx="2" fill="${colourOf(i)}"/><text x="${x + 14}" y="39" fill="#586273">${name}</text>`;
    x += 26 + 6.4 * name.length;
    return entry;
  });
}

function colourOf(index: number): string {
  return colours[index % colours.length] ?? "#000000";
}
