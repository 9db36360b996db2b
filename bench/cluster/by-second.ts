import { quantile } from "#churn/quantile.ts";
import type { Series } from "#scripts/pictures/time-panels.ts";

/** One answer: when it came, and after how long, both in milliseconds. */
export interface Answer {
  readonly at: number;
  readonly milliseconds: number;
}

/** The answers of each second from `begin` to `end`, as points of a plot over time: how many, and how fast. */
export class BySecond {
  readonly #seconds: readonly { readonly at: number; readonly sorted: readonly number[] }[];

  constructor(answers: readonly Answer[], begin: number, end: number) {
    const seconds = Array.from({ length: Math.ceil((end - begin) / 1000) }, (): number[] => []);
    for (const { at, milliseconds } of answers) seconds[Math.floor((at - begin) / 1000)]?.push(milliseconds);
    this.#seconds = seconds.map((all, i) => ({ at: begin + i * 1000, sorted: all.toSorted((a, b) => a - b) }));
  }

  counts(): Series["points"] {
    return this.#seconds.map(({ at, sorted }) => [at, sorted.length]);
  }

  /** Milliseconds within which half of each second's answers came, and 99 of 100; no point where none did. */
  latency(): Series[] {
    return [
      { name: "median", points: this.#quantiles(0.5) },
      { name: "p99", points: this.#quantiles(0.99) },
    ];
  }

  #quantiles(share: number): Series["points"] {
    return this.#seconds.flatMap(({ at, sorted }) =>
      sorted.length === 0 ? [] : [[at, quantile(sorted, share)] as const],
    );
  }
}
