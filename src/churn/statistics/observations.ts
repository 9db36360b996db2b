import type { Moments } from "./differences.ts";

/** The rows of an experiment, in columns: 9 bytes and 8 for each covariate a row. */
export class Observations {
  /** Covariates of each row. */
  readonly width: number;
  #rows = 0;
  #treated = new Uint8Array(1024);
  #y = new Float64Array(1024);
  #x: Float64Array<ArrayBuffer>;

  constructor(width: number) {
    this.width = width;
    this.#x = new Float64Array(1024 * width);
  }

  add(isTreated: boolean, y: number, covariates: ArrayLike<number>): void {
    if (this.#rows === this.#y.length) this.#grow();
    this.#treated[this.#rows] = isTreated ? 1 : 0;
    this.#y[this.#rows] = y;
    for (let j = 0; j < this.width; j++) this.#x[this.#rows * this.width + j] = covariates[j] ?? 0;
    this.#rows += 1;
  }

  get rows(): number {
    return this.#rows;
  }

  isTreated(row: number): boolean {
    return this.#treated[row] === 1;
  }

  y(row: number): number {
    return this.#y[row] ?? 0;
  }

  x(row: number, j: number): number {
    return this.#x[row * this.width + j] ?? 0;
  }

  /** The outcomes of one arm. */
  moments(isTreated: boolean): Moments {
    return this.#momentsOf(isTreated, (row) => this.y(row));
  }

  /** A covariate in one arm. */
  covariateMoments(isTreated: boolean, j: number): Moments {
    return this.#momentsOf(isTreated, (row) => this.x(row, j));
  }

  /** By Welford's method, as sums of squares would lose digits. */
  #momentsOf(isTreated: boolean, read: (row: number) => number): Moments {
    let size = 0;
    let mean = 0;
    let squares = 0;
    for (let row = 0; row < this.#rows; row++) {
      if (this.isTreated(row) !== isTreated) continue;
      const value = read(row);
      size += 1;
      const delta = value - mean;
      mean += delta / size;
      squares += delta * (value - mean);
    }
    return { size, mean, variance: size > 1 ? squares / (size - 1) : 0 };
  }

  #grow(): void {
    const length = 2 * this.#y.length;
    this.#treated = resized(this.#treated, new Uint8Array(length));
    this.#y = resized(this.#y, new Float64Array(length));
    this.#x = resized(this.#x, new Float64Array(length * this.width));
  }
}

function resized<Column extends Uint8Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(
  old: Column,
  larger: Column,
): Column {
  larger.set(old);
  return larger;
}
