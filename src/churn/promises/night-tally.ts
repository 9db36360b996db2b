import { logLosses } from "../metrics/log-loss.ts";
import { groupCount, groupOf, type Night } from "./night.ts";

/**
 * Adds up what was promised and what happened, one user at a time, in memory that does not grow with their number.
 * Probabilities are ranked by the hundredth of log-odds that they fall in, which moves an AUC by less than 0.001.
 */
export class NightTally {
  readonly #users = new Array<number>(groupCount).fill(0);
  readonly #promised = new Array<number>(groupCount).fill(0);
  readonly #left = new Array<number>(groupCount).fill(0);
  readonly #loss = new Array<number>(groupCount).fill(0);
  readonly #stayedIn = Array.from({ length: groupCount }, () => new Uint32Array(bins));
  readonly #leftIn = Array.from({ length: groupCount }, () => new Uint32Array(bins));

  add(userId: string, probability: number, hasLeft: boolean): void {
    const group = groupOf(userId);
    addTo(this.#users, group, 1);
    addTo(this.#promised, group, probability);
    addTo(this.#left, group, hasLeft ? 1 : 0);
    addTo(this.#loss, group, logLosses([hasLeft ? 1 : 0], [probability])[0] ?? 0);
    const counts = (hasLeft ? this.#leftIn : this.#stayedIn)[group];
    const bin = binOf(probability);
    if (counts !== undefined) counts[bin] = (counts[bin] ?? 0) + 1;
  }

  night(): Night {
    const [stayed, left] = [sumOf(this.#stayedIn), sumOf(this.#leftIn)];
    const without = this.#users.map(
      (_, group) => [less(stayed, this.#stayedIn[group] ?? stayed), less(left, this.#leftIn[group] ?? left)] as const,
    );
    return {
      users: [...this.#users],
      promised: [...this.#promised],
      left: [...this.#left],
      loss: [...this.#loss],
      reached: reachedOf(stayed, left),
      reachedWithout: without.map((counts) => reachedOf(...counts)),
      auc: aucOf(stayed, left),
      aucWithout: without.map((counts) => aucOf(...counts)),
    };
  }
}

/** Log-odds from -largest to largest, in hundredths. */
const bins = 2048;
const largest = bins / 200;

function binOf(probability: number): number {
  const logOdds = Math.log(probability / (1 - probability));
  return Math.min(bins - 1, Math.max(0, Math.floor(100 * (logOdds + largest))));
}

function addTo(sums: number[], index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}

function sumOf(groups: readonly Uint32Array[]): Float64Array {
  return Float64Array.from({ length: bins }, (_, bin) => groups.reduce((sum, counts) => sum + (counts[bin] ?? 0), 0));
}

function less(all: Float64Array, part: ArrayLike<number>): Float64Array {
  return all.map((count, bin) => count - (part[bin] ?? 0));
}

/** How many who left are in the riskiest tenth, of counts by rising probability. */
function reachedOf(stayed: Float64Array, left: Float64Array): number {
  let places = Math.ceil((total(stayed) + total(left)) / 10);
  let reached = 0;
  for (let bin = bins - 1; bin >= 0 && places > 0; bin--) {
    const [stayedHere, leftHere] = [stayed[bin] ?? 0, left[bin] ?? 0];
    if (leftHere > 0) reached += leftHere * Math.min(1, places / (stayedHere + leftHere));
    places -= stayedHere + leftHere;
  }
  return reached;
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** As `auc` in ../metrics, of counts by rising probability. */
function aucOf(stayed: Float64Array, left: Float64Array): number | null {
  let stayedBelow = 0;
  let leftBelow = 0;
  let concordant = 0;
  for (let bin = 0; bin < bins; bin++) {
    const [stayedHere, leftHere] = [stayed[bin] ?? 0, left[bin] ?? 0];
    concordant += leftHere * (stayedBelow + stayedHere / 2);
    stayedBelow += stayedHere;
    leftBelow += leftHere;
  }
  return stayedBelow === 0 || leftBelow === 0 ? null : concordant / (stayedBelow * leftBelow);
}
