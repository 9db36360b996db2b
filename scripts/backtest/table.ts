import { churnIs, hereIs } from "#churn/churn-in-words.ts";
import { type Day, formatDay } from "#churn/day.ts";
import { auc } from "#churn/metrics/auc.ts";
import { logLoss } from "#churn/metrics/log-loss.ts";
import { mean } from "#churn/metrics/mean.ts";
import type { Evaluation } from "#churn/model/manifest.ts";
import { textTable } from "../terminal/text-table.ts";
import type { Backtest } from "./backtest.ts";
import type { Trial } from "./trial.ts";

/** A backtest as tables for the terminal, under a description of what was done. */
export function describeBacktest({ trials, results, overRecency }: Backtest): string {
  return [
    "",
    ...inWords(trials, results[0]?.evaluation),
    "",
    textTable(
      ["", "AUC", interval, "PR-AUC", "log loss", interval, "Brier", "ECE", "lift in top tenth", "churners in it"],
      results.map(({ model, evaluation }) => [model, ...cells(evaluation)]),
    ),
    `Log loss of lapse less that of recency alone, on the same rows: ${signed(overRecency.value)} (${signed(overRecency.low)} to ${signed(overRecency.high)}).`,
    ...(trials.length === 1 ? [] : ["", bySnapshot(trials)]),
  ].join("\n");
}

const interval = "(95 % interval)";

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
}

function inWords(trials: readonly Trial[], evaluation: Evaluation | undefined): string[] {
  const churn = trials[0]?.churn ?? { churnDays: 0, leadDays: 0 };
  const { rows = 0, churned = 0 } = evaluation ?? {};
  const trained =
    trials.length === 1
      ? `Trained on what was known at the snapshot: ${trials.map(trainingInWords).join()}.`
      : `For each snapshot, trained on what was known then; for the last one, ${trials.slice(-1).map(trainingInWords).join()}.`;
  return [
    `Churn: ${churnIs(churn)}.`,
    `Population: users who were here, ${hereIs(churn)} the snapshot; ${count(rows)} rows of ${range(trials.map(({ snapshot }) => snapshot))}, of which ${percent(churned / rows)} churned.`,
    `${trained} Features look back ${lookBack(trials)} days.`,
    `Family: ${familiesInWords(trials)}.`,
  ];
}

function trainingInWords({ training, trainingRows }: Trial): string {
  return `${count(trainingRows)} rows of ${range(training)}`;
}

function lookBack(trials: readonly Trial[]): string {
  return [...new Set(trials.map(({ churn }) => churn.observeDays))].join(", later ");
}

/** `blend`, or `blend at 7 snapshots, trees at 1` */
function familiesInWords(trials: readonly Trial[]): string {
  const counts = new Map<string, number>();
  for (const { family } of trials) counts.set(family, (counts.get(family) ?? 0) + 1);
  const [[only = ""] = []] = counts;
  return counts.size === 1
    ? only
    : Array.from(counts, ([family, times]) => `${family} at ${times} snapshots`).join(", ");
}

function cells({ auc, prAuc, logLoss, brier, ece, deciles }: Evaluation): string[] {
  const top = deciles[0];
  return [
    auc.value.toFixed(3),
    `${auc.low.toFixed(3)} – ${auc.high.toFixed(3)}`,
    prAuc.value.toFixed(3),
    logLoss.value.toFixed(3),
    `${logLoss.low.toFixed(3)} – ${logLoss.high.toFixed(3)}`,
    brier.value.toFixed(3),
    ece.value.toFixed(3),
    (top?.lift ?? 0).toFixed(2),
    percent(top?.capture ?? 0),
  ];
}

/** How it was at each snapshot, so that a change of the level shows: what was predicted on average, and what happened. */
function bySnapshot(trials: readonly Trial[]): string {
  return textTable(
    ["snapshot", "here", "churned", "predicted", "AUC", "recency alone", "log loss", "recency alone"],
    trials.map(({ snapshot, test, probabilities, peers }) => [
      formatDay(snapshot),
      count(test.rows),
      percent(mean(test.y)),
      percent(mean(probabilities)),
      decimal(auc(test.y, probabilities)),
      decimal(auc(test.y, peers.recency)),
      decimal(logLoss(test.y, probabilities)),
      decimal(logLoss(test.y, peers.recency)),
    ]),
  );
}

function range(days: readonly Day[]): string {
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
  return Number.isNaN(share) ? unknown : `${(100 * share).toFixed(1)} %`;
}

function decimal(value: number): string {
  return Number.isNaN(value) ? unknown : value.toFixed(3);
}

/** In place of a number that there is none of: an AUC needs both outcomes, and a share users. */
const unknown = "–";
