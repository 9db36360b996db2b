import { scaleBand, scaleLinear } from "d3-scale";
import type { Evaluation } from "#churn/model/manifest.ts";
import { figure } from "./figure.ts";
import { formatPercent, shareOf } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { bottomAxis, frame, leftAxis, plot, ticksOf } from "./plot.ts";

/** Share that churned in each tenth of the ranking, with its lift. */
export function liftPlot({ deciles, churned, rows }: Evaluation): Markup {
  const average = shareOf(churned, rows);
  const bars = deciles.map((decile) => ({ ...decile, share: shareOf(decile.churned, decile.users) }));
  const x = scaleBand(
    bars.map(({ decile }) => decile),
    [frame.left, frame.right],
  ).padding(0.2);
  const highest = Math.max(0.01, average, ...bars.map(({ share }) => share));
  // Room above the highest bar for its label and for that of the average.
  const y = scaleLinear([0, highest * 1.2], [frame.bottom, frame.top]);
  const centers = bars.map(({ decile }) => ({ at: (x(decile) ?? 0) + x.bandwidth() / 2, label: String(decile) }));
  return figure(
    "How much riskier are the riskiest?",
    plot(
      {
        id: "lift",
        title: "Churn by tenth of the ranking",
        description: bars
          .map(({ decile, share, lift }) => `Tenth ${decile}: ${formatPercent(share)} left, lift ${lift.toFixed(1)}.`)
          .join(" "),
      },
      [
        bottomAxis(centers, "tenth of the users, riskiest first"),
        leftAxis(
          ticksOf(y, 5, formatPercent).filter(({ at }) => at >= y(1)),
          "really left",
        ),
        bars.map(({ decile, share, lift }) => bar(x(decile) ?? 0, y(share), x.bandwidth(), lift)),
        html`<line class="reference" x1="${frame.left}" x2="${frame.right}" y1="${y(average)}" y2="${y(average)}"/>`,
        html`<text class="note" x="${frame.right}" y="${frame.top + 2}" text-anchor="end">dashed: average of all, ${formatPercent(average)}</text>`,
      ],
    ),
    "Each bar is a tenth of the users; the number on it is the lift: 3× means that they left three times as often as the average user (dashed).",
  );
}

function bar(x: number, y: number, width: number, lift: number): Markup {
  return html`<rect class="bar" x="${x}" y="${y}" width="${width}" height="${frame.bottom - y}"/>
<text class="small" x="${x + width / 2}" y="${y - 5}" text-anchor="middle">${lift.toFixed(1)}×</text>`;
}
