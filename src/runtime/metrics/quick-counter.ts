import { Counter, type CounterConfiguration } from "prom-client";

/** One combination of labels. */
export interface Tally {
  add(): void;
}

/** A counter of what happens with every request: its labels are looked up when it is read, and not each time. */
export class QuickCounter<Label extends string> {
  readonly #series: { readonly labels: Readonly<Record<Label, string>>; count: number }[] = [];

  constructor(configuration: Omit<CounterConfiguration<Label>, "collect">) {
    const all = this.#series;
    new Counter({
      ...configuration,
      collect() {
        for (const one of all) {
          if (one.count > 0) this.inc(one.labels, one.count);
          one.count = 0;
        }
      },
    });
  }

  /** Call it once for each combination of labels. */
  series(labels: Readonly<Record<Label, string>>): Tally {
    const one = { labels, count: 0 };
    this.#series.push(one);
    return {
      add: () => {
        one.count += 1;
      },
    };
  }
}
