import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import type { HowMany, ProfitPoint } from "#churn/campaign/how-many.ts";
import { figure } from "#pages/figure.ts";
import { formatCount, formatCounted } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import { bottomAxis, frame, leftAxis, plot, ticksAside, ticksOf } from "#pages/plot.ts";
import { formatMoney } from "../result/amounts.ts";

/** The profit by the length of the list, with the band of the save rate's interval, the optimum, and the capacity. */
export function profitPlot({ curve, optimum }: HowMany, capacity: number | undefined): Markup {
  const longest = curve.at(-1)?.contacts ?? 0;
  const x = scaleLinear([0, Math.max(1, longest)], [frame.left, frame.right]);
  const bounds = curve.flatMap(({ low, high }) => [low, high]);
  const y = scaleLinear([Math.min(0, ...bounds), Math.max(1, ...bounds)], [frame.bottom, frame.top]).nice(5);
  const at = ({ contacts }: ProfitPoint) => x(contacts);
  const band =
    area<ProfitPoint>(
      at,
      ({ low }) => y(low),
      ({ high }) => y(high),
    )(curve) ?? "";
  const middle = line<ProfitPoint>(at, ({ profit }) => y(profit))(curve) ?? "";
  const isCapped = capacity !== undefined && capacity < longest;
  return figure(
    "Profit by the number of users contacted",
    plot(
      {
        id: "profit",
        title: "Profit by the number of users contacted, those first whom it pays most to contact",
        description: `Most profitable: ${formatCounted(optimum.contacts, "user")}, ${formatMoney(optimum.profit)} (${formatMoney(optimum.low)} to ${formatMoney(optimum.high)}). All ${formatCount(longest)}: ${formatMoney(curve.at(-1)?.profit ?? 0)}.`,
      },
      [
        bottomAxis(ticksOf(x, 4, formatCount), "users contacted"),
        leftAxis(ticksAside(y, 5, formatMoney), "profit"),
        html`<path class="band" d="${band}"/><line class="base" x1="${frame.left}" x2="${frame.right}" y1="${y(0)}" y2="${y(0)}"/><path class="line" d="${middle}"/>`,
        isCapped
          ? html`<line class="reference" x1="${x(capacity)}" x2="${x(capacity)}" y1="${frame.top}" y2="${frame.bottom}"/><text class="small" x="${x(capacity) + 6}" y="${frame.bottom - 8}">capacity</text>`
          : "",
        html`<circle class="accent" cx="${x(optimum.contacts)}" cy="${y(optimum.profit)}" r="6"/>`,
        optimum.contacts === 0
          ? ""
          : html`<text class="value" x="${Math.min(frame.right - 60, Math.max(frame.left + 40, x(optimum.contacts)))}" y="${Math.max(frame.top + 12, y(optimum.profit) - 14)}" text-anchor="middle">${formatCount(optimum.contacts)}</text>`,
      ],
    ),
    "The dot is the best length of the list. The band is what the profit may be, as the save rate is known with an interval only.",
  );
}
