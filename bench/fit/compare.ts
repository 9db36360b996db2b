/**
 * Fits the same logistic regression with lapse and with scikit-learn, in turns, and prints time and optimality.
 *
 *     npx tsx bench/fit/compare.ts [--rows 500000] [--features 30] [--rounds 5]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { type Coefficients, fitLogistic, type LogisticProblem } from "#churn/training/fit-logistic.ts";
import { optimality } from "./optimality.ts";
import { startPeer } from "./peer.ts";
import { makeProblem } from "./problem.ts";

interface TimedFit extends Coefficients {
  readonly seconds: number;
  readonly iterations: number;
}

const count = z.coerce.number().int().positive();
const optionsSchema = z.object({ rows: count, features: count, rounds: count });

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "500000" },
    features: { type: "string", default: "30" },
    rounds: { type: "string", default: "5" },
  },
});
const { rows, features, rounds } = optionsSchema.parse(values);
const problem = makeProblem(rows, features);
const peer = await startPeer(problem);

const contestants: Record<string, () => Promise<TimedFit>> = {
  lapse: async () => timedFit(problem),
  "scikit-learn lbfgs": () => peer.solve({ solver: "lbfgs", tol: 1e-4 }),
  "scikit-learn newton-cholesky": () => peer.solve({ solver: "newton-cholesky", tol: 1e-4 }),
};
const fits = new Map<string, TimedFit[]>();
try {
  for (let round = 0; round < rounds; round++) {
    for (const [name, solve] of Object.entries(contestants)) {
      fits.set(name, [...(fits.get(name) ?? []), await solve()]);
    }
  }
} finally {
  await peer.stop();
}

console.log(`${rows} rows x ${features} features, l2 ${problem.l2}, ${rounds} rounds in turns.`);
console.log(
  `Node ${process.versions.node} (1 thread); scikit-learn ${peer.versions.scikitLearn}, BLAS ${peer.versions.blas} ` +
    `(${peer.versions.threads} threads); ${availableParallelism()} cores. Seconds are of the fit alone, data in memory.`,
);
console.table(Object.fromEntries([...fits].map(([name, results]) => [name, summary(problem, results)])));

function timedFit(to: LogisticProblem): TimedFit {
  const start = performance.now();
  const fitted = fitLogistic(to);
  return { ...fitted, seconds: (performance.now() - start) / 1000 };
}

function summary(of: LogisticProblem, results: readonly TimedFit[]) {
  const [first] = results;
  if (first === undefined) return {};
  const seconds = results.map((result) => result.seconds).sort((a, b) => a - b);
  const { objective, gradientNorm } = optimality(of, first);
  return {
    "median s": quantile(seconds, 0.5).toFixed(2),
    "fastest s": quantile(seconds, 0).toFixed(2),
    "slowest s": quantile(seconds, 1).toFixed(2),
    iterations: first.iterations,
    objective: objective.toFixed(6),
    "relative gradient": gradientNorm.toExponential(1),
  };
}
