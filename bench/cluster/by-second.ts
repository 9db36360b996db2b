import { quantile } from "../../churn/quantile.ts";

/** One answer: when it came, and after how long, both in milliseconds. */
export interface Answer {
  readonly at: number;
  readonly milliseconds: number;
}

type Points = readonly (readonly [number, number])[];

/** The answers of each second from `begin` to `end`, as points of a plot over time: how many, and how fast. */
export class BySecond {
  readonly #seconds: readonly { readonly at: number; readonly sorted: readonly number[] }[];

  constructor(answers: readonly Answer[], begin: number, end: number) {
    const seconds = Array.from({ length: Math.ceil((end - begin) / 1000) }, (): number[] => []);
    for (const { at, milliseconds } of answers) seconds[Math.floor((at - begin) / 1000)]?.push(milliseconds);
    this.#seconds = seconds.map((all, i) => ({ at: begin + i * 1000, sorted: all.toSorted((a, b) => a - b) }));
  }

  counts(): Points {
    return this.#seconds.map(({ at, sorted }) => [at, sorted.length]);
  }

  /** Milliseconds within which a share of each second's answers came; no point where none did. */
  latency(share: number): Points {
    return this.#seconds.flatMap(({ at, sorted }) =>
      sorted.length === 0 ? [] : [[at, quantile(sorted, share)] as const],
    );
  }
}
