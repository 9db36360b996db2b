/** Random draws from common distributions, all fed by one source of uniform numbers. */
export interface Draws {
  /** In [0, 1). */
  uniform(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Standard normal. */
  normal(): number;
  exponential(mean: number): number;
  /** Small means only: its time grows with the result. */
  poisson(mean: number): number;
  /** The index of one of the weights, each in proportion to its size. */
  pick(weights: readonly number[]): number;
}

/** `random` is uniform in [0, 1). */
export function drawsFrom(random: () => number): Draws {
  return {
    uniform: random,
    chance: (probability) => random() < probability,
    between: (low, high) => low + (high - low) * random(),
    // Box and Muller, A Note on the Generation of Random Normal Deviates, 1958; 1 - u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    exponential: (mean) => -mean * Math.log(1 - random()),
    poisson(mean) {
      // Knuth, The Art of Computer Programming 2, 3.4.1 F.
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = random(); product > limit; product *= random()) count += 1;
      return count;
    },
    pick(weights) {
      let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
      const index = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      // Rounding may leave a crumb after the last one.
      return index < 0 ? weights.length - 1 : index;
    },
  };
}
