import { groupCount, type Ranking } from "./night.ts";

/**
 * Counts who stayed and who left by a rank from 0 to `ranks` - 1, the riskiest last: how good the order is, for all users and
 * without each group, in memory that does not grow with their number. Users of one rank are equally at risk.
 */
export class RankingTally {
  readonly #ranks: number;
  readonly #stayedIn: readonly Uint32Array[];
  readonly #leftIn: readonly Uint32Array[];
  /** All users lie in ranks from `lowest` to `highest`: the others need no counting through. */
  #lowest: number;
  #highest = 0;

  constructor(ranks: number) {
    this.#ranks = ranks;
    this.#lowest = ranks - 1;
    this.#stayedIn = Array.from({ length: groupCount }, () => new Uint32Array(ranks));
    this.#leftIn = Array.from({ length: groupCount }, () => new Uint32Array(ranks));
  }

  /** A rank outside the range counts as the nearest in it. */
  add(group: number, rank: number, hasLeft: boolean): void {
    const counts = (hasLeft ? this.#leftIn : this.#stayedIn)[group];
    const nearest = Math.min(this.#ranks - 1, Math.max(0, rank));
    if (counts !== undefined) counts[nearest] = (counts[nearest] ?? 0) + 1;
    this.#lowest = Math.min(this.#lowest, nearest);
    this.#highest = Math.max(this.#highest, nearest);
  }

  ranking(): Ranking {
    const [stayedIn, leftIn] = [this.#used(this.#stayedIn), this.#used(this.#leftIn)];
    const [stayed, left] = [sumOf(stayedIn), sumOf(leftIn)];
    const without = stayedIn.map((counts, group) => [less(stayed, counts), less(left, leftIn[group] ?? left)] as const);
    return {
      reached: reachedOf(stayed, left),
      reachedWithout: without.map((counts) => reachedOf(...counts)),
      auc: aucOf(stayed, left),
      aucWithout: without.map((counts) => aucOf(...counts)),
    };
  }

  #used(groups: readonly Uint32Array[]): readonly Uint32Array[] {
    return groups.map((counts) => counts.subarray(this.#lowest, this.#highest + 1));
  }
}

// In plain loops: a night has 2 x 33 of these to count through.

function sumOf(groups: readonly Uint32Array[]): Float64Array {
  const sum = new Float64Array(groups[0]?.length ?? 0);
  for (const counts of groups)
    for (let rank = 0; rank < sum.length; rank++) sum[rank] = (sum[rank] ?? 0) + (counts[rank] ?? 0);
  return sum;
}

function less(all: Float64Array, part: ArrayLike<number>): Float64Array {
  const others = new Float64Array(all.length);
  for (let rank = 0; rank < all.length; rank++) others[rank] = (all[rank] ?? 0) - (part[rank] ?? 0);
  return others;
}

/** How many who left are in the riskiest tenth, of counts by rising risk. */
function reachedOf(stayed: Float64Array, left: Float64Array): number {
  let places = Math.ceil((total(stayed) + total(left)) / 10);
  let reached = 0;
  for (let rank = stayed.length - 1; rank >= 0 && places > 0; rank--) {
    const [stayedHere, leftHere] = [stayed[rank] ?? 0, left[rank] ?? 0];
    if (leftHere > 0) reached += leftHere * Math.min(1, places / (stayedHere + leftHere));
    places -= stayedHere + leftHere;
  }
  return reached;
}

function total(counts: Float64Array): number {
  let sum = 0;
  for (let rank = 0; rank < counts.length; rank++) sum += counts[rank] ?? 0;
  return sum;
}

/** As `auc` in ../metrics, of counts by rising risk. */
function aucOf(stayed: Float64Array, left: Float64Array): number | null {
  let stayedBelow = 0;
  let leftBelow = 0;
  let concordant = 0;
  for (let rank = 0; rank < stayed.length; rank++) {
    const [stayedHere, leftHere] = [stayed[rank] ?? 0, left[rank] ?? 0];
    concordant += leftHere * (stayedBelow + stayedHere / 2);
    stayedBelow += stayedHere;
    leftBelow += leftHere;
  }
  return stayedBelow === 0 || leftBelow === 0 ? null : concordant / (stayedBelow * leftBelow);
}
