import { scaleLinear } from "d3-scale";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { figure } from "./figure.ts";
import { formatCounted, formatPercent, shareOf } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { bottomAxis, frame, leftAxis, plot, ticksOf } from "./plot.ts";

/** Histograms of the predicted probability: those who stayed upwards, those who churned downwards, each as shares. */
export function distributionPlot({ test, thresholds }: Pick<ModelManifest, "test" | "thresholds">): Markup {
  const stayed = sharesOf(test.distribution.stayed);
  const churned = sharesOf(test.distribution.churned);
  const x = scaleLinear([0, 1], [frame.left, frame.right]);
  const up = Math.max(0.01, ...stayed.shares);
  const down = Math.max(0.01, ...churned.shares);
  // Room for words above and below the bars.
  const y = scaleLinear([-down, up], [frame.bottom - 24, frame.top + 36]);
  const users = (count: number) => formatCounted(count, "user");
  return figure(
    "Are the two groups told apart?",
    plot(
      {
        id: "distribution",
        title: "Predicted probabilities of those who stayed and of those who left",
        description: `Upwards ${users(stayed.total)} who stayed, downwards ${users(churned.total)} who left, by predicted probability. Medium risk begins at ${formatPercent(thresholds.medium)}, high risk at ${formatPercent(thresholds.high)}.`,
      },
      [
        bottomAxis(ticksOf(x, 5, formatPercent), "predicted probability of leaving"),
        leftAxis(
          ticksOf(y, 6, (share) => formatPercent(Math.abs(share))),
          "of each group",
        ),
        bars("stayed", stayed.shares, x, (share) => [y(share), y(0)]),
        bars("churned", churned.shares, x, (share) => [y(0), y(-share)]),
        html`<line class="base" x1="${frame.left}" x2="${frame.right}" y1="${y(0)}" y2="${y(0)}"/>`,
        threshold("medium", x(thresholds.medium), "end"),
        threshold("high", x(thresholds.high), "start"),
        html`<text class="value" x="${frame.right}" y="${frame.top}" text-anchor="end">▲ stayed (${users(stayed.total)})</text>`,
        html`<text class="value" x="${frame.right}" y="${frame.bottom - 8}" text-anchor="end">▼ left (${users(churned.total)})</text>`,
      ],
    ),
    "Those who stayed should pile up at the left of the upper half, those who left at the right of the lower half; where both are high at one place, the model cannot tell them apart (dashed: where medium and high risk begin).",
  );
}

function bars(
  kind: "stayed" | "churned",
  shares: readonly number[],
  x: (probability: number) => number,
  span: (share: number) => [number, number],
): Markup[] {
  return shares.map((share, i) => {
    const [top, bottom] = span(share);
    const [from, to] = [x(i / shares.length), x((i + 1) / shares.length)];
    return html`<rect class="${kind}" x="${from + 0.5}" width="${to - from - 1}" y="${top}" height="${bottom - top}"/>`;
  });
}

/** The two labels stand on the outer sides of their lines, so that they never meet. */
function threshold(label: string, x: number, anchor: "start" | "end"): Markup {
  const y = frame.top + 22;
  return html`<line class="reference" x1="${x}" x2="${x}" y1="${y - 10}" y2="${frame.bottom}"/>
<text class="note" x="${anchor === "start" ? x + 5 : x - 5}" y="${y}" text-anchor="${anchor}">${label}</text>`;
}

function sharesOf(counts: readonly number[]): { total: number; shares: number[] } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { total, shares: counts.map((count) => shareOf(count, total)) };
}
