import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { Evaluation } from "#churn/model/manifest.ts";
import { figure } from "./figure.ts";
import { formatPercent, shareOf } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { bottomAxis, frame, leftAxis, plot, ticksOf } from "./plot.ts";

/** The ROC curve, with the point at which the riskiest tenth is chosen. */
export function rocPlot(test: Evaluation): Markup {
  const x = scaleLinear([0, 1], [frame.left, frame.right]);
  const y = scaleLinear([0, 1], [frame.bottom, frame.top]);
  const curve = line<Evaluation["roc"][number]>(
    (point) => x(point.falsePositiveRate),
    (point) => y(point.truePositiveRate),
  ).digits(2);
  const auc = test.auc.value.toFixed(2);
  return figure(
    "Does it rank the right users first?",
    plot(
      {
        id: "roc",
        title: `ROC curve, AUC ${auc}`,
        description: `Share of those who left that are found, against share of those who stayed that are wrongly named, for every cut through the ranking. The area under the curve is ${auc}; chance has 0.5.`,
      },
      [
        bottomAxis(ticksOf(x, 5, formatPercent), "of those who stayed, wrongly named", { grid: true }),
        leftAxis(ticksOf(y, 5, formatPercent), "of those who left, found"),
        html`<line class="reference" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>`,
        html`<text class="note" x="${x(0.68)}" y="${y(0.6)}">guessing: 0.50</text>`,
        html`<path class="line" d="${curve(test.roc) ?? ""}"/>`,
        html`<text class="value" x="${x(0.98)}" y="${y(0.06)}" text-anchor="end">AUC ${auc}</text>`,
        riskiestTenth(test, x, y),
      ],
    ),
    "Follow the curve from the left: the faster it climbs, the more leavers are found for each loyal user that is bothered for nothing; the dashed line is guessing.",
  );
}

function riskiestTenth(
  { deciles, rows, churned }: Evaluation,
  x: (rate: number) => number,
  y: (rate: number) => number,
): Markup[] {
  const first = deciles[0];
  if (first === undefined) return [];
  const cx = x(shareOf(first.users - first.churned, rows - churned));
  const cy = y(first.capture);
  // Beside the point, and to its lower right, is room: the curve only rises.
  return [
    html`<circle class="accent" cx="${cx}" cy="${cy}" r="5"/>`,
    html`<text class="note" x="${cx + 10}" y="${Math.min(cy + 16, frame.bottom - 8)}">riskiest tenth</text>`,
  ];
}
