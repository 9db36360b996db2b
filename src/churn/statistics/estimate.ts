/** A number with its uncertainty. */
export interface Estimate {
  readonly value: number;
  /** The interval, of 95 % unless it is said otherwise. */
  readonly low: number;
  readonly high: number;
  /** Standard error. */
  readonly error: number;
}

/** All of it times `factor`, which may be negative. */
export function scaled({ value, low, high, error }: Estimate, factor: number): Estimate {
  const [a, b] = [low * factor, high * factor];
  // JSON has no negative zero.
  return { value: value * factor + 0, low: Math.min(a, b), high: Math.max(a, b), error: error * Math.abs(factor) };
}

/** Whether the interval is on one side of zero. */
export function isClear({ low, high }: Estimate): boolean {
  return low > 0 || high < 0;
}
