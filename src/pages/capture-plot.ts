import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { Evaluation } from "#churn/model/manifest.ts";
import { figure } from "./figure.ts";
import { formatPercent, shareOf } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { bottomAxis, frame, leftAxis, plot, ticksOf } from "./plot.ts";

interface Point {
  /** Share of the users, riskiest first. */
  readonly asked: number;
  /** Share of those who left among them. */
  readonly found: number;
}

/** The share of all churners reached by contacting the riskiest tenths. */
export function capturePlot(test: Evaluation): Markup {
  const points = pointsOf(test);
  const x = scaleLinear([0, 1], [frame.left, frame.right]);
  const y = scaleLinear([0, 1], [frame.bottom, frame.top]);
  const curve = line<Point>(
    ({ asked }) => x(asked),
    ({ found }) => y(found),
  ).digits(2);
  return figure(
    "How many leavers are reached?",
    plot(
      {
        id: "capture",
        title: "Leavers reached by contacting the riskiest users",
        description: points
          .map(
            ({ asked, found }) =>
              `The riskiest ${formatPercent(asked)} hold ${formatPercent(found)} of those who left.`,
          )
          .join(" "),
      },
      [
        bottomAxis(ticksOf(x, 5, formatPercent), "of the users contacted, riskiest first", { grid: true }),
        leftAxis(ticksOf(y, 5, formatPercent), "of those who left, reached"),
        html`<line class="reference" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>`,
        html`<path class="line" d="${curve([{ asked: 0, found: 0 }, ...points]) ?? ""}"/>`,
        points.map(({ asked, found }) => html`<circle class="point" cx="${x(asked)}" cy="${y(found)}" r="4"/>`),
        points
          .slice(0, 3)
          .map(
            ({ asked, found }) =>
              html`<text class="note" x="${x(asked) - 6}" y="${y(found) - 8}" text-anchor="end">${formatPercent(found)}</text>`,
          ),
      ],
    ),
    "Choose how many users you can afford to contact, go up to the curve and read left how many of the leavers are among them; the dashed line is contacting at random.",
  );
}

function pointsOf({ deciles, rows }: Evaluation): Point[] {
  return deciles.map(({ capture }, i) => ({
    asked: shareOf(
      deciles.slice(0, i + 1).reduce((sum, { users }) => sum + users, 0),
      rows,
    ),
    found: capture,
  }));
}
