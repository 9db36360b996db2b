import { binOf, psiOfShares, type ReferenceBins } from "#churn/model/psi.ts";

/** Counts values in the bins of a reference, one at a time: for more values than memory holds. */
export class BinCounts {
  readonly #reference: ReferenceBins;
  readonly #counts: number[];

  constructor(reference: ReferenceBins) {
    this.#reference = reference;
    this.#counts = new Array<number>(reference.edges.length + 1).fill(0);
  }

  add(value: number): void {
    const bin = binOf(this.#reference.edges, value);
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
  }

  /** The population stability index of what was counted; NaN without values. */
  psi(): number {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    return psiOfShares(
      this.#reference,
      this.#counts.map((count) => count / total),
    );
  }
}
