import { scaleLinear, scalePoint } from "d3-scale";
import type { MonthOfCampaigns } from "#churn/campaign/over-all.ts";
import { figure } from "#pages/figure.ts";
import { formatCount } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import { bottomAxis, frame, leftAxis, plot, ticksAside } from "#pages/plot.ts";
import { formatUsers } from "../result/amounts.ts";

/** Users kept by the campaigns that ended in each month, with 95 % intervals. */
export function monthsPlot(months: readonly MonthOfCampaigns[]): Markup {
  const shown = months.slice(-12);
  const names = shown.map(({ month }) => month);
  const x = scalePoint(names, [frame.left, frame.right]).padding(0.5);
  const bounds = shown.flatMap(({ kept: { low, high } }) => [low, high]);
  const y = scaleLinear([Math.min(0, ...bounds), Math.max(1, ...bounds)], [frame.bottom, frame.top]).nice(5);
  const every = Math.ceil(names.length / 6);
  return figure(
    "Users kept, by month",
    plot(
      {
        id: "kept",
        title: "Users kept by campaigns, by the month in which they ended, with 95 % intervals",
        description: shown.map(({ month, kept }) => `${month}: ${formatUsers(kept)}.`).join(" "),
      },
      [
        bottomAxis(
          names.flatMap((name, i) => (i % every === 0 ? [{ at: x(name) ?? 0, label: name }] : [])),
          "month in which the campaigns ended",
        ),
        leftAxis(ticksAside(y, 5, formatCount), "users kept"),
        html`<line class="reference" x1="${frame.left}" x2="${frame.right}" y1="${y(0)}" y2="${y(0)}"/>`,
        shown.map(({ month, kept }) => [
          html`<line class="whisker" x1="${x(month) ?? 0}" x2="${x(month) ?? 0}" y1="${y(kept.low)}" y2="${y(kept.high)}"/>`,
          html`<circle class="point" cx="${x(month) ?? 0}" cy="${y(kept.value)}" r="5"/>`,
        ]),
      ],
    ),
    "Each dot is the best estimate, each line its 95 % interval for a single look; that of a campaign is a little wider, as it holds however often someone looks. On the dashed line contacting made no difference.",
  );
}
