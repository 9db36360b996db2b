import { copiesOf } from "../campaign/protect.ts";
import type { Day } from "../day.ts";
import type { FeatureDefinition } from "../definition.ts";
import { fnv1a, uniform } from "../hash.ts";
import { ownHistory } from "../passive.ts";
import { hasChurned, isHere } from "../population.ts";
import type { UserHistory } from "../user-history.ts";
import { type FeatureExtractor, featureExtractor, requireFinite } from "./features.ts";

/** Labelled rows: one for each user who is here at each snapshot. */
export interface Dataset {
  readonly names: readonly string[];
  /** Number of rows. */
  readonly rows: number;
  /** Row-major, rows x names.length. */
  readonly x: Float64Array;
  /** 1 for churned, 0 for stayed. */
  readonly y: Uint8Array;
  readonly users: readonly string[];
  readonly snapshots: Int32Array;
}

export interface DatasetOptions {
  readonly snapshots: readonly Day[];
  readonly definition: FeatureDefinition;
  /** Of the definition, if datasets share one; see `remembering`. */
  readonly extractor?: FeatureExtractor | undefined;
  /** Of more rows than this, as many are kept, by a hash of user and snapshot: always the same ones. */
  readonly mostRows?: number;
  /** About how many users will be added, if that is known: rows that will not be kept are then not made. */
  readonly expectedUsers?: number;
}

interface Row {
  readonly vector: Float64Array;
  readonly label: 0 | 1;
  readonly user: string;
  readonly snapshot: Day;
  /** Uniform in 0 … 1: the rows of the lowest are kept. */
  readonly draw: number;
}

/**
 * Numbers that a dataset holds by default, at most (72 MB): what a fit takes grows with them. With few features there is
 * room for more rows.
 */
const mostNumbers = 9_000_000;
/** More rows than this tell hardly more. */
const defaultMostRows = 100_000;

/** After this many users, who come in no particular order, the number of all rows is estimated. */
const sampledUsers = 500;
/** Estimated rows are this many times those kept, so that an estimate by chance too high leaves none out. */
const margin = 2;

/** Gathers rows user by user, so that histories stream past it once. */
export class DatasetBuilder {
  readonly #options: DatasetOptions;
  readonly #extractor: FeatureExtractor;
  readonly #mostRows: number;
  #rows: Row[] = [];
  /** Rows are kept whose draw is below this. */
  #share = 1;
  #users = 0;

  constructor(options: DatasetOptions) {
    this.#options = options;
    this.#extractor = options.extractor ?? featureExtractor(options.definition);
    this.#mostRows =
      options.mostRows ?? Math.min(defaultMostRows, Math.floor(mostNumbers / this.#extractor.names.length));
  }

  /**
   * Adds the rows of one user: one for each snapshot at which they are here, or as many copies as its weight says, which
   * is 1 by default (see rowWeight). Throws a RangeError for features that are no numbers, and then adds none of them.
   */
  add(history: UserHistory, weightAt?: (snapshot: Day) => number): void {
    this.prepare(history, weightAt)();
  }

  /** Computes the rows that `add` would add, and returns what adds them: for builders that must have the same users. */
  prepare(history: UserHistory, weightAt?: (snapshot: Day) => number): () => void {
    const rows = this.#rowsOf(history, weightAt);
    return () => {
      this.#rows.push(...rows);
      this.#users += 1;
      if (this.#users === sampledUsers) this.#anticipate();
      // Now and then only, as it sorts them.
      if (this.#rows.length > 2 * this.#mostRows) this.#thin();
    };
  }

  #rowsOf(history: UserHistory, weightAt: ((snapshot: Day) => number) | undefined): Row[] {
    const { churn } = this.#options.definition;
    const own = ownHistory(history, churn.passive);
    const rows: Row[] = [];
    for (const snapshot of this.#options.snapshots) {
      if (!isHere(own, snapshot, churn)) continue;
      const churned = hasChurned(own, snapshot, churn);
      if (churned === undefined) continue;
      const draw = uniform(fnv1a(`${snapshot}\0${history.userId}`));
      if (draw >= this.#share) continue;
      const weight = weightAt?.(snapshot) ?? 1;
      const copies = weight === 1 ? 1 : copiesOf(weight, history.userId, snapshot);
      if (copies === 0) continue;
      const vector = this.#extractor.extract(own, snapshot);
      requireFinite(vector, this.#extractor.names);
      const label = churned ? 1 : 0;
      for (let copy = 0; copy < copies; copy++) rows.push({ vector, label, user: history.userId, snapshot, draw });
    }
    return rows;
  }

  build(): Dataset {
    this.#thin();
    const { names } = this.#extractor;
    const x = new Float64Array(this.#rows.length * names.length);
    for (const [index, row] of this.#rows.entries()) x.set(row.vector, index * names.length);
    return {
      names,
      rows: this.#rows.length,
      x,
      y: Uint8Array.from(this.#rows, (row) => row.label),
      users: this.#rows.map((row) => row.user),
      snapshots: Int32Array.from(this.#rows, (row) => row.snapshot),
    };
  }

  #anticipate(): void {
    const { expectedUsers = 0 } = this.#options;
    const expectedRows = (this.#rows.length * expectedUsers) / sampledUsers;
    if (expectedRows <= margin * this.#mostRows) return;
    this.#share = Math.min(this.#share, (margin * this.#mostRows) / expectedRows);
    this.#rows = this.#rows.filter(({ draw }) => draw < this.#share);
  }

  #thin(): void {
    if (this.#rows.length <= this.#mostRows) return;
    const draws = Float64Array.from(this.#rows, ({ draw }) => draw).sort();
    this.#share = draws[this.#mostRows] ?? 1;
    this.#rows = this.#rows.filter(({ draw }) => draw < this.#share);
  }
}
