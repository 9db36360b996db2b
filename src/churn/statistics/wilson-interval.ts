import { normalQuantile } from "./normal.ts";

/**
 * Score interval of a share of `of` independent trials (Wilson 1927, Probable inference, the law of succession,
 * and statistical inference), as [low, high] within 0 … 1, by default of 95 %; everything is possible without trials.
 */
export function wilsonInterval(share: number, of: number, confidence = 0.95): readonly [number, number] {
  if (of === 0) return [0, 1];
  const z = normalQuantile((1 + confidence) / 2);
  const middle = share + z ** 2 / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  const total = 1 + z ** 2 / of;
  return [Math.max(0, (middle - spread) / total), Math.min(1, (middle + spread) / total)];
}
