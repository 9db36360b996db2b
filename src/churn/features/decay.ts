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
