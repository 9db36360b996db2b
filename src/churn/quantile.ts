/** The q-quantile (0 … 1) of ascending values, linear between order statistics as in numpy's default; NaN of none. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  return quantileAt((place) => sorted[place], sorted.length, q);
}

/** The same of `count` ascending values, each asked for by its place. */
export function quantileAt(valueAt: (place: number) => number | undefined, count: number, q: number): number {
  const position = q * (count - 1);
  const below = valueAt(Math.floor(position)) ?? Number.NaN;
  const above = valueAt(Math.ceil(position)) ?? below;
  return below + (above - below) * (position - Math.floor(position));
}
