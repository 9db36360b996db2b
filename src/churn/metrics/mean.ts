/** The mean of values, of which the i-th occurs `counts[i]` times (once each when not given); NaN of none. */
export function mean(values: ArrayLike<number>, counts?: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const count = counts?.[i] ?? 1;
    sum += count * (values[i] ?? 0);
    total += count;
  }
  return sum / total;
}
