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
  /** Others, whose rows are kept where those of `snapshots` take less than half of the room, until half of it is taken. */
  readonly between?: readonly Day[];
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
  /** Uniform in 0 … 1, and 1 more for a snapshot between others: the rows of the lowest are kept. */
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
const margin = 1.5;
/** The share of the room up to which days between snapshots fill it: what they tell more is less than what they take, but for a small log. */
const shareBetween = 0.5;

/** Gathers rows user by user, so that histories stream past it once. */
export class DatasetBuilder {
  readonly #options: DatasetOptions;
  readonly #extractor: FeatureExtractor;
  readonly #mostRows: number;
  /** Snapshots in the order in which their rows are kept, each with what its draws begin at. */
  readonly #turns: readonly { readonly snapshot: Day; readonly from: 0 | 1 }[];
  #rows: Row[] = [];
  /** Rows are kept whose draw is below this. */
  #share = 2;
  #users = 0;

  constructor(options: DatasetOptions) {
    this.#options = options;
    const { snapshots, between = [] } = options;
    this.#turns = [
      ...snapshots.map((snapshot) => ({ snapshot, from: 0 as const })),
      ...between.map((snapshot) => ({ snapshot, from: 1 as const })),
    ];
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
    for (const { snapshot, from } of this.#turns) {
      if (from >= this.#share) break;
      if (!isHere(own, snapshot, churn)) continue;
      const churned = hasChurned(own, snapshot, churn);
      if (churned === undefined) continue;
      const draw = from + uniform(fnv1a(`${snapshot}\0${history.userId}`));
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

  /** After the first users: keeps about as many times the rows that there is room for as the margin says. */
  #anticipate(): void {
    const { expectedUsers = 0 } = this.#options;
    this.#thin((margin * sampledUsers) / expectedUsers);
  }

  /** Keeps as many rows as there is room for, or this many times as many. */
  #thin(times = 1): void {
    this.#keep(Math.ceil(times * this.#mostRows));
    const ofSnapshots = this.#rows.reduce((count, { draw }) => count + (draw < 1 ? 1 : 0), 0);
    this.#keep(Math.max(ofSnapshots, Math.ceil(times * shareBetween * this.#mostRows)));
  }

  /** Keeps the rows of the lowest draws, as many as given, and of the users to come those that draw no higher. */
  #keep(most: number): void {
    if (this.#rows.length <= most) return;
    const draws = Float64Array.from(this.#rows, ({ draw }) => draw).sort();
    this.#share = draws[most] ?? this.#share;
    this.#rows = this.#rows.filter(({ draw }) => draw < this.#share);
  }
}
