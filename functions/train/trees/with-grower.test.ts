import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { randomFrom } from "#churn/random.ts";
import { boosted } from "#churn/training/fit-family.ts";
import type { TreesProblem } from "#churn/training/fit-trees.ts";
import { rankRows } from "#churn/training/ranked-rows.ts";
import { binned } from "#churn/training/tree-bins.ts";
import { withGrower } from "./with-grower.ts";

/** Rows whose odds rise with the first column. */
function problem(rows: number, width: number): TreesProblem {
  const random = randomFrom("grower");
  const x = Float64Array.from({ length: rows * width }, () => Math.floor(20 * random()));
  const y = Uint8Array.from({ length: rows }, (_, row) => (20 * random() < (x[row * width] ?? 0) ? 1 : 0));
  return { data: binned(rankRows(x, width)), y, hashes: Uint32Array.from(y, (_, row) => Math.imul(row, 0x9e3779b1)) };
}

it("grows the same trees, large ones in a thread of their own where there is a second processor", async () => {
  const [small, large] = [problem(500, 4), problem(6_000, 100)];
  const expected = [boosted(small), boosted(large)];
  const { bins } = large.data;
  const grown = await withGrower((grow) => Promise.all([grow(small), grow(large)]));
  expect(grown).toEqual(expected);
  // Handed over instead of copied.
  expect(bins.length).toBe(availableParallelism() > 1 ? 0 : 600_000);
});

it("ends well while trees grow that nobody waits for, as of a family without any", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    const result = await withGrower(async (grow) => {
      void grow(problem(6_000, 100));
      return "done";
    });
    expect(result).toBe("done");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", note);
  }
});
