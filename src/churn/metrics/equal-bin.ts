/**
 * Which of `bins` parts of [0, 1] of equal width holds a probability: bin k holds k/bins < p <= (k+1)/bins, and the
 * first one 0 as well.
 */
export function equalBin(p: number, bins: number): number {
  const bin = Math.floor(p * bins);
  // Comparing with the edge itself also mends a rounded product: 0.55 * 20 is a little more than 11.
  return Math.max(0, p <= bin / bins ? bin - 1 : bin);
}
