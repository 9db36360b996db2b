import type { Series } from "./series.ts";

/**
 * What a user's active days and their values add up to where each day weighs half as much with every half-life that it is
 * older. All half-lives are summed in one pass: a sum waits for each addition to end, and those of others go on meanwhile.
 */
export class DecayedSums {
  readonly #hours: number[] = [];
  /** By age in days, and of each age by half-life; 0 where a half-life has no weight for it. */
  #weights: Float64Array = new Float64Array();
  #days = new Float64Array();
  #values = new Float64Array();

  /** The place of a half-life. To be asked for before a series is read. */
  placeOf(hours: number): number {
    const known = this.#hours.indexOf(hours);
    if (known >= 0) return known;
    const place = this.#hours.push(hours) - 1;
    this.#weights = interleaved(this.#hours.map(decayWeights));
    this.#days = new Float64Array(this.#hours.length);
    this.#values = new Float64Array(this.#hours.length);
    return place;
  }

  /** Sums a series that is moved to its snapshot. */
  read(series: Series): void {
    this.#days.fill(0);
    this.#values.fill(0);
    series.addDecayed(this.#weights, this.#days, this.#values);
  }

  days(place: number): number {
    return this.#days[place] ?? 0;
  }

  values(place: number): number {
    return this.#values[place] ?? 0;
  }
}

/** One array of several: the first number of each, the second of each, and so on, 0 beyond the end of one. */
function interleaved(arrays: readonly Float64Array[]): Float64Array {
  const longest = Math.max(...arrays.map(({ length }) => length));
  const all = new Float64Array(longest * arrays.length);
  for (const [place, array] of arrays.entries())
    for (const [age, weight] of array.entries()) all[age * arrays.length + place] = weight;
  return all;
}

/** Beyond this many half-lives a day weighs less than 1e-12 of the newest, and is left out. */
const halfLives = 40;

/** What an active day weighs by its age in days: half as much with every `hours` hours that it is older. */
export function decayWeights(hours: number): Float64Array {
  const weights = new Float64Array(Math.ceil((halfLives * hours) / 24) + 1);
  const perDay = 2 ** (-24 / hours);
  let weight = 1;
  // Multiplied up: a power for each age would cost a live request more than its other features together.
  for (let age = 0; age < weights.length; age++) {
    weights[age] = weight;
    weight *= perDay;
  }
  return weights;
}
