import type { Evaluation } from "#churn/model/manifest.ts";
import { formatPercent, formatPoints, shareOf, threeDecimals, twoDecimals } from "#pages/format.ts";
import { captureInWords } from "#pages/headline.ts";
import { html, type Markup } from "#pages/html.ts";

type Estimate = Evaluation["auc"];

/** The figures of the evaluation with their 95 % intervals, each with what it means. */
export function keyMetrics(test: Evaluation): Markup {
  const base = shareOf(test.churned, test.rows);
  const riskiest = test.deciles[0];
  // Of a forecast that gives everybody the share of all: the square and the logarithmic loss to beat.
  const guessBrier = base * (1 - base);
  const guessLogLoss = base === 0 || base === 1 ? 0 : -base * Math.log(base) - (1 - base) * Math.log(1 - base);
  return html`<dl class="metrics">
${metric("AUC", test.auc, twoDecimals, `A user who left is ranked above one who stayed ${Math.round(test.auc.value * 100)} times of 100; guessing: 50.`)}
${riskiest === undefined ? [] : card("Riskiest tenth", `${riskiest.lift.toFixed(1)}×`, [], `They left ${riskiest.lift.toFixed(1)} times as often as all users, and are ${captureInWords(test.capture, riskiest.capture)} of all who left.`)}
${metric("Calibration error", test.ece, formatPoints, "Percentage points that the probabilities are from what happened, on average; 0 is perfect.")}
${metric("PR-AUC", test.prAuc, twoDecimals, `Mean share of leavers among those named, over all list lengths; guessing: ${base.toFixed(2)}.`)}
${metric("Log loss", test.logLoss, threeDecimals, `Lower is better; ${guessLogLoss.toFixed(3)} if everybody were given ${formatPercent(base)}.`)}
${metric("Brier score", test.brier, threeDecimals, `Mean squared error of the probabilities, lower is better; ${guessBrier.toFixed(3)} if everybody were given ${formatPercent(base)}.`)}
</dl>`;
}

function metric(
  name: string,
  { value, low, high }: Estimate,
  format: (value: number) => string,
  meaning: string,
): Markup {
  const interval = html`<dd class="interval">95 %: ${format(low)} to ${format(high)}</dd>`;
  return card(name, format(value), interval, meaning);
}

function card(name: string, value: string, interval: Markup | [], meaning: string): Markup {
  return html`<div><dt>${name}</dt><dd class="figure">${value}</dd>${interval}<dd>${meaning}</dd></div>`;
}
