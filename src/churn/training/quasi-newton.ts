import { solverOf } from "../statistics/cholesky.ts";
import { dot } from "../statistics/dot.ts";

/** A point that a minimisation has reached, with the gradient there. */
interface Reached {
  readonly theta: Float64Array;
  readonly gradient: Float64Array;
}

interface Pair {
  /** From one point to the next, and by how much the gradient changed. */
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** Of the two with each other. */
  readonly product: number;
}

/** Steps after which a Hessian is too old to be corrected. */
const mostPairs = 30;

/**
 * Newton steps by the Hessian of one point, which is corrected by how the gradient changed along the steps since then: the BFGS
 * formula, applied to the vector alone (Nocedal and Wright, Numerical Optimization, 2006, algorithm 7.4).
 */
export class QuasiNewton {
  readonly #solve: (vector: Float64Array) => Float64Array;
  readonly #pairs: Pair[] = [];

  /** `hessian` is row-major, size x size, of which the lower triangle is read. */
  constructor(hessian: Float64Array, size: number) {
    this.#solve = solverOf(hessian, size);
  }

  get isFull(): boolean {
    return this.#pairs.length === mostPairs;
  }

  /** What to subtract from the point that has this gradient. */
  step(gradient: Float64Array): Float64Array {
    const left = gradient.slice();
    const shares = new Float64Array(this.#pairs.length);
    for (const [i, { step, change, product }] of [...this.#pairs.entries()].reverse()) {
      const share = dot(step, left) / product;
      shares[i] = share;
      add(left, change, -share);
    }
    const found = this.#solve(left);
    for (const [i, { step, change, product }] of this.#pairs.entries())
      add(found, step, (shares[i] ?? 0) - dot(change, found) / product);
    return found;
  }

  /** Takes account of a step. One whose change rounding has swallowed says nothing. */
  learn(from: Reached, to: Reached): void {
    const step = to.theta.map((value, j) => value - (from.theta[j] ?? 0));
    const change = to.gradient.map((value, j) => value - (from.gradient[j] ?? 0));
    const product = dot(step, change);
    const size = Math.sqrt(dot(step, step) * dot(change, change));
    if (product > Number.EPSILON * size) this.#pairs.push({ step, change, product });
  }
}

function add(to: Float64Array, vector: Float64Array, times: number): void {
  for (let j = 0; j < to.length; j++) to[j] = (to[j] ?? 0) + times * (vector[j] ?? 0);
}
