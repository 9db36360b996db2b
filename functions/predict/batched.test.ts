import { describe, expect, it } from "vitest";
import { batched, type Scorer } from "./batched.ts";

/** Scores a row of two values by their sum, and fails where one is negative; notes the rows of each run. */
function sums(): { score: Scorer; runs: number[] } {
  const runs: number[] = [];
  return {
    runs,
    async score(rows) {
      runs.push(rows.length / 2);
      if (rows.some((value) => value < 0)) throw new Error("out of memory");
      return Float64Array.from({ length: rows.length / 2 }, (_, row) => rows[2 * row]! + rows[2 * row + 1]!);
    },
  };
}

describe("batched", () => {
  it("puts the requests of one turn into one run, and gives each its own rows", async () => {
    const { score, runs } = sums();
    const run = batched(score, 2);
    const answers = await Promise.all([
      run(Float64Array.of(1, 2)),
      run(Float64Array.of(10, 20, 30, 40)),
      run(Float64Array.of(5, 6)),
    ]);
    expect(answers.map((answer) => [...answer])).toEqual([[3], [30, 70], [11]]);
    expect(runs).toEqual([4]);
  });

  it("starts anew in a later turn", async () => {
    const { score, runs } = sums();
    const run = batched(score, 2);
    expect([...(await run(Float64Array.of(1, 2)))]).toEqual([3]);
    expect([...(await run(Float64Array.of(3, 4)))]).toEqual([7]);
    expect(runs).toEqual([1, 1]);
  });

  it("fails the requests of a failed run and goes on with the next", async () => {
    const run = batched(sums().score, 2);
    const failed = await Promise.allSettled([run(Float64Array.of(1, 2)), run(Float64Array.of(-3, 4))]);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect([...(await run(Float64Array.of(3, 4)))]).toEqual([7]);
  });
});
