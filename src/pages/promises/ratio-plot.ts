import { scaleLinear, scalePoint } from "d3-scale";
import type { MonthOfPromises } from "#churn/promises/by-month.ts";
import { figure } from "../figure.ts";
import { formatCount } from "../format.ts";
import { html, type Markup } from "../html.ts";
import { bottomAxis, frame, leftAxis, plot, ticksOf } from "../plot.ts";
import { monthTicks, newestMonths } from "./months.ts";

/** Left over promised by month, with 95 % intervals, beside the line where promises are kept. */
export function ratioPlot(months: readonly MonthOfPromises[]): Markup {
  const shown = newestMonths(months);
  const names = shown.map(({ month }) => month);
  const x = scalePoint(names, [frame.left, frame.right]).padding(0.5);
  const bounds = shown.flatMap(({ all: { ratio } }) => [ratio.value, ...(ratio.interval ?? [])]);
  const [least, most] = [Math.min(0.8, ...bounds), Math.max(1.2, ...bounds)];
  // One month of few users must not flatten all others.
  const y = scaleLinear([Math.max(0, least), Math.min(3, most)], [frame.bottom, frame.top])
    .nice(5)
    .clamp(true);
  return figure(
    "Did as many leave as were promised?",
    plot(
      {
        id: "ratio",
        title: "Users who left over users promised to leave, by month",
        description: shown
          .map(
            ({ month, all }) =>
              `${month}: ${formatCount(Math.round(all.promised))} a night promised, ${formatCount(Math.round(all.left))} left.`,
          )
          .join(" "),
      },
      [
        bottomAxis(
          monthTicks(names, (name) => x(name) ?? 0),
          "month of the lists",
        ),
        leftAxis(
          ticksOf(y, 5, (value) => `× ${value.toFixed(1)}`),
          "left, over promised",
        ),
        html`<line class="reference" x1="${frame.left}" x2="${frame.right}" y1="${y(1)}" y2="${y(1)}"/>`,
        shown.map(({ month, all: { ratio } }) => [
          ratio.interval === undefined
            ? []
            : html`<line class="whisker" x1="${x(month) ?? 0}" x2="${x(month) ?? 0}" y1="${y(ratio.interval[0])}" y2="${y(ratio.interval[1])}"/>`,
          html`<circle class="point" cx="${x(month) ?? 0}" cy="${y(ratio.value)}" r="5"/>`,
        ]),
      ],
    ),
    "On the dashed line exactly as many left as were promised; above it more left, below it fewer (lines: 95 % interval).",
  );
}
