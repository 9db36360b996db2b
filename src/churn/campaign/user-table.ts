import type { Sample } from "../statistics/sample.ts";

/**
 * The users of a campaign in columns: for a user a byte, and 9 bytes for each thing that may be known from before and 8 for
 * each outcome. A million users with five and two take some 60 MB, twice that while it grows.
 */
export class UserTable {
  readonly #width: number;
  readonly #outcomes: number;
  #users = 0;
  #treated = new Uint8Array(1024);
  #before: Float64Array<ArrayBuffer>;
  #isKnown: Uint8Array<ArrayBuffer>;
  #y: Float64Array<ArrayBuffer>;

  /** How many things may be known of a user from before, and how many outcomes there are. */
  constructor(width: number, outcomes: number) {
    this.#width = width;
    this.#outcomes = outcomes;
    this.#before = new Float64Array(1024 * width);
    this.#isKnown = new Uint8Array(1024 * width);
    this.#y = new Float64Array(1024 * outcomes);
  }

  /** Undefined for what is not known from before, NaN for an outcome that is not known. */
  add(isTreated: boolean, before: readonly (number | undefined)[], outcomes: (outcome: number) => number): void {
    if (this.#users === this.#treated.length) this.#grow();
    const user = this.#users++;
    this.#treated[user] = isTreated ? 1 : 0;
    for (let j = 0; j < this.#width; j++) {
      const value = before[j];
      const isKnown = value !== undefined && !Number.isNaN(value);
      this.#before[user * this.#width + j] = isKnown ? value : 0;
      this.#isKnown[user * this.#width + j] = isKnown ? 1 : 0;
    }
    for (let k = 0; k < this.#outcomes; k++) this.#y[user * this.#outcomes + k] = outcomes(k);
  }

  /**
   * The users of whom an outcome is known. Their covariates are what is known from before, 0 where it is not, and then
   * whether it is, 0 or 1.
   */
  withOutcome(k: number): Sample {
    const outcome = (user: number) => this.#y[user * this.#outcomes + k] ?? Number.NaN;
    let rows = 0;
    for (let user = 0; user < this.#users; user++) if (!Number.isNaN(outcome(user))) rows += 1;
    const users = new Uint32Array(rows);
    for (let user = 0, row = 0; user < this.#users; user++) if (!Number.isNaN(outcome(user))) users[row++] = user;
    return this.#sample(rows, (row) => users[row] ?? 0, outcome);
  }

  /** All users, without an outcome; their covariates are as above. */
  all(): Sample {
    return this.#sample(
      this.#users,
      (row) => row,
      () => 0,
    );
  }

  #sample(rows: number, userAt: (row: number) => number, outcome: (user: number) => number): Sample {
    const width = this.#width;
    return {
      rows,
      width: 2 * width,
      isTreated: (row) => this.#treated[userAt(row)] === 1,
      y: (row) => outcome(userAt(row)),
      x: (row, j) =>
        (j < width ? this.#before[userAt(row) * width + j] : this.#isKnown[userAt(row) * width + j - width]) ?? 0,
    };
  }

  #grow(): void {
    const length = 2 * this.#treated.length;
    this.#treated = resized(this.#treated, new Uint8Array(length));
    this.#before = resized(this.#before, new Float64Array(length * this.#width));
    this.#isKnown = resized(this.#isKnown, new Uint8Array(length * this.#width));
    this.#y = resized(this.#y, new Float64Array(length * this.#outcomes));
  }
}

function resized<Column extends Uint8Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(
  old: Column,
  larger: Column,
): Column {
  larger.set(old);
  return larger;
}
