import { scaleLinear } from "d3-scale";
import type { OutcomeResult } from "#churn/campaign/result.ts";
import type { Estimate } from "#churn/statistics/estimate.ts";
import { figure } from "#pages/figure.ts";
import { html, type Markup } from "#pages/html.ts";
import { plot } from "#pages/plot.ts";
import { signedAmount } from "./amounts.ts";

const size = { width: 460, height: 190, left: 20, right: 440, top: 12, bottom: 140 };

/** Treatment minus control with 95 % intervals, beside the line of no difference. Undefined while there is nothing to show. */
export function differencePlot(outcome: OutcomeResult, position: number): Markup | undefined {
  const { name, kind, good, difference, adjusted } = outcome;
  const rows = [
    { label: "as they are", estimate: difference, y: 46 },
    { label: "adjusted for what was known before", estimate: adjusted, y: 106 },
  ].filter((row): row is { label: string; estimate: Estimate; y: number } => row.estimate !== undefined);
  if (rows.length === 0) return undefined;
  const bounds = rows.flatMap(({ estimate: { low, high } }) => [low, high]);
  const x = scaleLinear([Math.min(0, ...bounds), Math.max(0, ...bounds)], [size.left, size.right]).nice(4);
  const told = (value: number) => signedAmount(value, kind);
  const betterSide = good === "less" ? "Left" : "Right";
  return figure(
    heading(name, kind),
    plot(
      {
        id: `difference-${position}`,
        title: `Treatment minus control, ${name}, with 95 % intervals`,
        description: rows
          .map(
            ({ label, estimate }) =>
              `${label}: ${told(estimate.value)}, from ${told(estimate.low)} to ${told(estimate.high)}.`,
          )
          .join(" "),
      },
      [
        x
          .ticks(4)
          .map((value) => [
            html`<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${size.top}" y2="${size.bottom}"/>`,
            html`<text x="${x(value)}" y="${size.bottom + 18}" text-anchor="middle">${tickText(value, kind)}</text>`,
          ]),
        html`<line class="reference" x1="${x(0)}" x2="${x(0)}" y1="${size.top}" y2="${size.bottom}"/>`,
        rows.map(({ label, estimate, y }) => [
          html`<text class="note" x="${size.left}" y="${y - 14}">${label}</text>`,
          html`<line class="whisker" x1="${x(estimate.low)}" x2="${x(estimate.high)}" y1="${y}" y2="${y}"/>`,
          html`<circle class="point" cx="${x(estimate.value)}" cy="${y}" r="6"/>`,
        ]),
        html`<text class="axis-label" x="${(size.left + size.right) / 2}" y="${size.bottom + 40}" text-anchor="middle">treatment minus control${kind === "share" ? ", in points" : ""}</text>`,
      ],
      size,
    ),
    `${betterSide} of the dashed line the treatment is better. A line that crosses it cannot be told from no difference.`,
  );
}

function heading(name: string, kind: OutcomeResult["kind"]): string {
  if (kind === "amount") return `Difference in ${name} per user`;
  return name === "left" ? "Difference in the share who left" : `Difference in the share of “${name}”`;
}

/** Shares without their unit, which stands below the axis: there is no room for it at each tick. */
function tickText(value: number, kind: OutcomeResult["kind"]): string {
  if (kind === "amount") return signedAmount(value, kind);
  const points = Number((100 * Math.abs(value)).toFixed(2));
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${points}`;
}
