import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { formatDay } from "#churn/day.ts";
import { html, type Markup } from "#pages/html.ts";
import { bottomAxis, frame, leftAxis, plot, ticksOf } from "#pages/plot.ts";
import { crossings } from "./crossings.ts";
import type { ShownScore } from "./view.ts";

/** What was shown of one user, snapshot by snapshot, with changes of the version and the days of entering and leaving risk. */
export function probabilityPlot(shown: readonly ShownScore[]): Markup {
  const [first, last] = [shown[0]?.snapshot ?? 0, shown.at(-1)?.snapshot ?? 0];
  const x = scaleLinear(first === last ? [first - 1, last + 1] : [first, last], [frame.left + 8, frame.right - 8]);
  const y = scaleLinear([0, 1], [frame.bottom, frame.top]);
  const path = line<ShownScore>(
    ({ snapshot }) => x(snapshot),
    ({ probability }) => y(probability),
  )(shown);
  const changes = shown.filter(({ modelVersion }, i) => i > 0 && shown[i - 1]?.modelVersion !== modelVersion);
  const crossed = crossings(shown);
  const thresholds = shown.flatMap(({ threshold, snapshot }, i) => {
    if (threshold === undefined || threshold > 1) return [];
    const to = shown[i + 1]?.snapshot ?? snapshot + 1;
    return [
      html`<line class="reference" x1="${x(snapshot)}" x2="${Math.min(frame.right, x(to))}" y1="${y(threshold)}" y2="${y(threshold)}"/>`,
    ];
  });
  const lastThreshold = shown.findLast(({ threshold }) => threshold !== undefined && threshold <= 1)?.threshold;
  const away = (score: ShownScore | undefined) => Math.abs((score?.probability ?? 0) - (lastThreshold ?? 0));
  // Where the line of the user is farther from it, and does not run through its name.
  const isNamedLeft = away(shown[0]) > away(shown.at(-1));
  const marks =
    first === last ? [first] : last - first < 4 ? [first, last] : [first, Math.round((first + last) / 2), last];
  return plot({ id: "probability", title: "Probability of leaving over time", description: inWords(shown) }, [
    bottomAxis(
      marks.map((day) => ({ at: x(day), label: formatDay(day) })),
      "day of the list",
    ),
    leftAxis(
      ticksOf(y, 5, (value) => `${Math.round(100 * value)} %`),
      "leaves with probability",
    ),
    thresholds,
    lastThreshold === undefined
      ? []
      : html`<text class="small" x="${isNamedLeft ? frame.left + 8 : frame.right - 8}" y="${y(lastThreshold) + 15}" text-anchor="${isNamedLeft ? "start" : "end"}">at risk from ${Math.round(100 * lastThreshold)} %</text>`,
    changes.map(
      ({ snapshot, modelVersion }) =>
        html`<line class="snapshot" x1="${x(snapshot)}" x2="${x(snapshot)}" y1="${frame.top}" y2="${frame.bottom}"><title>${modelVersion}</title></line><text class="note" x="${x(snapshot) + 4}" y="${frame.top + 12}">new version</text>`,
    ),
    html`<path class="line" d="${path ?? ""}"/>`,
    shown.length > 60
      ? []
      : shown.map(
          ({ snapshot, probability }) =>
            html`<circle class="point" cx="${x(snapshot)}" cy="${y(probability)}" r="3"><title>${formatDay(snapshot)}: ${Math.round(100 * probability)} %</title></circle>`,
        ),
    crossed.map(
      ({ snapshot, probability }) => html`<circle class="accent" cx="${x(snapshot)}" cy="${y(probability)}" r="6"/>`,
    ),
    crossed.slice(-mostNotes).map(({ snapshot, probability, into }) => {
      const isLeft = x(snapshot) < (frame.left + frame.right) / 2;
      const at = html`x="${x(snapshot) + (isLeft ? 9 : -9)}" y="${y(probability) + (into ? -10 : 20)}" text-anchor="${isLeft ? "start" : "end"}"`;
      return html`<text class="note" ${at}>${into ? "at risk" : "no longer at risk"} ${formatDay(snapshot)}</text>`;
    }),
  ]);
}

/** As many crossings are named, the last ones: more would lie upon each other. */
const mostNotes = 3;

function inWords(shown: readonly ShownScore[]): string {
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return "";
  const at = ({ snapshot, probability }: ShownScore) => `${Math.round(100 * probability)} % on ${formatDay(snapshot)}`;
  const moves = crossings(shown).map(
    ({ snapshot, into }) => `${into ? "At risk from" : "No longer at risk from"} ${formatDay(snapshot)} on.`,
  );
  return [first === last ? `${at(first)}.` : `From ${at(first)} to ${at(last)}.`, ...moves].join(" ");
}
