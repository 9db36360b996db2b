import { scaleLinear } from "d3-scale";
import type { Evaluation } from "#churn/model/manifest.ts";
import { wilsonInterval } from "#churn/statistics/wilson-interval.ts";
import { figure } from "./figure.ts";
import { formatCount, formatCounted, formatPercent, formatPoints } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { bottomAxis, frame, leftAxis, plot, ticksOf } from "./plot.ts";

/** Height of the strip of counts above the calibration plot, in SVG units. */
const strip = 62;

/** Predicted against observed churn by bin, with 95 % intervals and the number of users in each bin above. */
export function reliabilityPlot({ reliability, ece }: Evaluation): Markup {
  const bins = reliability.map((bin) => ({ ...bin, interval: wilsonInterval(bin.observed, bin.users) }));
  // Where churn is rare, the upper part of the unit square is empty: both axes end above the highest bin.
  const highest = Math.max(0.1, ...bins.flatMap(({ meanProbability, observed }) => [meanProbability, observed]));
  const domain = [0, Math.min(1, highest * 1.1)];
  const x = scaleLinear(domain, [frame.left, frame.right]).nice(5).clamp(true);
  const y = scaleLinear(x.domain(), [frame.bottom, frame.top + strip]).clamp(true);
  const end = x.domain()[1] ?? 1;
  return figure(
    "Can the probabilities be taken at their word?",
    plot(
      {
        id: "reliability",
        title: "Predicted and observed churn",
        description: bins
          .map(
            (bin) =>
              `${formatCounted(bin.users, "user")} at ${formatPercent(bin.meanProbability)}: ${formatPercent(bin.observed)} left.`,
          )
          .join(" "),
      },
      [
        bottomAxis(ticksOf(x, 5, formatPercent), "predicted probability of leaving"),
        leftAxis(ticksOf(y, 5, formatPercent), "really left"),
        html`<line class="reference" x1="${x(0)}" y1="${y(0)}" x2="${x(end)}" y2="${y(end)}"/>`,
        bins.map(({ meanProbability, observed, interval: [low, high] }) => [
          html`<line class="whisker" x1="${x(meanProbability)}" x2="${x(meanProbability)}" y1="${y(low)}" y2="${y(high)}"/>`,
          html`<circle class="point" cx="${x(meanProbability)}" cy="${y(observed)}" r="5"/>`,
        ]),
        counts(bins, x),
      ],
    ),
    `A point on the dashed line is a promise kept: of users told “30 %”, 30 % left; on average they are ${formatPoints(ece.value)} points apart (lines: 95 % interval; bars above: how many users).`,
  );
}

function counts(bins: Evaluation["reliability"], x: (probability: number) => number): Markup[] {
  const base = frame.top + strip - 16;
  const height = scaleLinear([0, Math.max(1, ...bins.map(({ users }) => users))], [0, strip - 32]);
  return bins.map(({ meanProbability, users }) => {
    const center = x(meanProbability);
    return html`<g><rect class="count" x="${center - 9}" width="18" y="${base - height(users)}" height="${height(users)}"/>
<text class="small" x="${center}" y="${base - height(users) - 4}" text-anchor="middle">${formatCount(users)}</text></g>`;
  });
}
