import { scaleBand, scaleLinear } from "d3-scale";
import type { MonthOfPromises } from "#churn/promises/by-month.ts";
import { figure } from "../figure.ts";
import { formatCount } from "../format.ts";
import { html, type Markup } from "../html.ts";
import { bottomAxis, frame, leftAxis, plot, ticksAside } from "../plot.ts";
import { monthTicks, newestMonths } from "./months.ts";

/** Users promised to leave and users who left, on an average night of each month, side by side. */
export function countPlot(months: readonly MonthOfPromises[]): Markup {
  const shown = newestMonths(months);
  const names = shown.map(({ month }) => month);
  const x = scaleBand(names, [frame.left, frame.right]).padding(0.25);
  const most = Math.max(1, ...shown.flatMap(({ all: { promised, left } }) => [promised, left]));
  const y = scaleLinear([0, most], [frame.bottom, frame.top + 26]).nice(5);
  const width = Math.min(44, x.bandwidth() / 2);
  const bar = (kind: "stayed" | "churned", from: number, users: number) =>
    html`<rect class="${kind}" x="${from}" width="${Math.max(1, width - 1)}" y="${y(users)}" height="${y(0) - y(users)}"/>`;
  return figure(
    "How many were promised to leave, and how many left?",
    plot(
      {
        id: "counts",
        title: "Users promised to leave and users who left, a night, by month",
        description: shown
          .map(
            ({ month, all }) =>
              `${month}: ${formatCount(Math.round(all.promised))} promised, ${formatCount(Math.round(all.left))} left.`,
          )
          .join(" "),
      },
      [
        bottomAxis(
          monthTicks(names, (name) => (x(name) ?? 0) + x.bandwidth() / 2),
          "month of the lists",
        ),
        leftAxis(ticksAside(y, 5, formatCount), "users a night"),
        shown.map(({ month, all }) => {
          const middle = (x(month) ?? 0) + x.bandwidth() / 2;
          return [bar("stayed", middle - width, all.promised), bar("churned", middle + 1, all.left)];
        }),
        html`<rect class="stayed" x="${frame.left + 4}" y="${frame.top - 10}" width="12" height="12"/>
<text class="note" x="${frame.left + 21}" y="${frame.top + 1}">promised to leave</text>
<rect class="churned" x="${frame.left + 175}" y="${frame.top - 10}" width="12" height="12"/>
<text class="note" x="${frame.left + 192}" y="${frame.top + 1}">left</text>`,
      ],
    ),
    "Promised is the sum of the probabilities of all users on the list; both are means over the nights of the month.",
  );
}
