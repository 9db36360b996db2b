import { formatDay } from "#churn/day.ts";
import type { Evaluation } from "#churn/model/manifest.ts";
import { textTable } from "../terminal/text-table.ts";
import type { Backtest } from "./backtest.ts";

/** A backtest as a table for the terminal, under a description of what was done. */
export function describeBacktest({ churn, training, tests, trainingRows, results }: Backtest): string {
  const rows = results[0]?.evaluation.rows ?? 0;
  const churned = results[0]?.evaluation.churned ?? 0;
  return [
    "",
    `Churn: no action for ${churn.churnDays} days${churn.leadDays > 0 ? `, beginning ${churn.leadDays} days after the snapshot` : ""}, among users who were here: with an action in the ${churn.churnDays} days before. Features look back ${churn.observeDays} days.`,
    `Trained on ${count(trainingRows)} rows of ${range(training)}; tested on ${count(rows)} of ${range(tests)}, of whom ${percent(churned / rows)} churned.`,
    "",
    textTable(
      ["", "AUC", "(95 % interval)", "PR-AUC", "log loss", "Brier", "ECE", "lift in top tenth", "churners in it"],
      results.map(({ model, evaluation }) => [model, ...cells(evaluation)]),
    ),
  ].join("\n");
}

function cells({ auc, prAuc, logLoss, brier, ece, deciles }: Evaluation): string[] {
  const top = deciles[0];
  return [
    auc.value.toFixed(3),
    `${auc.low.toFixed(3)} – ${auc.high.toFixed(3)}`,
    prAuc.value.toFixed(3),
    logLoss.value.toFixed(3),
    brier.value.toFixed(3),
    ece.value.toFixed(3),
    (top?.lift ?? 0).toFixed(2),
    percent(top?.capture ?? 0),
  ];
}

function range(days: readonly number[]): string {
  const [first = 0] = days;
  const last = days.at(-1) ?? first;
  return days.length === 1
    ? `the snapshot ${formatDay(first)}`
    : `${days.length} snapshots ${formatDay(first)} … ${formatDay(last)}`;
}

function count(number: number): string {
  return number.toLocaleString("en");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
