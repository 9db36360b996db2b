import { formatDay } from "#churn/day.ts";
import { csvLine } from "#runtime/csv.ts";
import type { Trial } from "./trial.ts";

/**
 * What was judged, as CSV: a row for each user at each snapshot, with what they did (churned: 1, stayed: 0) and the probability that lapse,
 * recency alone and the plain rate gave them. All figures of a backtest follow from it.
 */
export function* predictionLines(trials: readonly Trial[]): Generator<string> {
  yield csvLine(["user_id", "snapshot", "churned", "probability", "recency_alone", "plain_rate"]);
  for (const { snapshot, test, probabilities, peers } of trials) {
    const day = formatDay(snapshot);
    for (let row = 0; row < test.rows; row++)
      yield csvLine([
        ...[test.users[row], day, test.y[row]],
        ...[probabilities[row], peers.recency[row], peers.plainRate[row]],
      ]);
  }
}
