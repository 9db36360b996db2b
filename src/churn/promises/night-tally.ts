import { logLosses } from "../metrics/log-loss.ts";
import { groupCount, groupOf, type Night } from "./night.ts";
import { RankingTally } from "./ranking-tally.ts";

/**
 * Adds up what was promised and what happened, one user at a time, in memory that does not grow with their number.
 * Probabilities are ranked by the hundredth of log-odds that they fall in, which moves an AUC by less than 0.001.
 */
export class NightTally {
  readonly #users = new Array<number>(groupCount).fill(0);
  readonly #promised = new Array<number>(groupCount).fill(0);
  readonly #left = new Array<number>(groupCount).fill(0);
  readonly #loss = new Array<number>(groupCount).fill(0);
  readonly #byProbability = new RankingTally(bins);
  readonly #byRecency = new RankingTally(mostDays + 1);

  /** `daysSinceLast` is that of the user's last own action, at the snapshot; 2,047 days or more are ranked alike. */
  add(userId: string, probability: number, hasLeft: boolean, daysSinceLast: number): void {
    const group = groupOf(userId);
    addTo(this.#users, group, 1);
    addTo(this.#promised, group, probability);
    addTo(this.#left, group, hasLeft ? 1 : 0);
    addTo(this.#loss, group, logLosses([hasLeft ? 1 : 0], [probability])[0] ?? 0);
    this.#byProbability.add(group, binOf(probability), hasLeft);
    this.#byRecency.add(group, daysSinceLast, hasLeft);
  }

  night(): Night {
    return {
      users: [...this.#users],
      promised: [...this.#promised],
      left: [...this.#left],
      loss: [...this.#loss],
      ...this.#byProbability.ranking(),
      recency: this.#byRecency.ranking(),
    };
  }
}

/** Log-odds from -largest to largest, in hundredths. */
const bins = 2048;
const largest = bins / 200;
const mostDays = 2047;

function binOf(probability: number): number {
  return Math.floor(100 * (Math.log(probability / (1 - probability)) + largest));
}

function addTo(sums: number[], index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}
