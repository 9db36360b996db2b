/**
 * 95 % score interval of a share of `of` independent trials (Wilson 1927, Probable inference, the law of succession,
 * and statistical inference), as [low, high] within 0 … 1; everything is possible without trials.
 */
export function wilsonInterval(share: number, of: number): readonly [number, number] {
  if (of === 0) return [0, 1];
  const z = 1.959964;
  const middle = share + z ** 2 / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  const total = 1 + z ** 2 / of;
  return [Math.max(0, (middle - spread) / total), Math.min(1, (middle + spread) / total)];
}
