import { describe, expect, it } from "vitest";
import { treesLogOdds } from "../../model/trees.ts";
import { fitTrees } from "../fit-trees.ts";
import { rankRows } from "../ranked-rows.ts";
import { binned } from "../tree-bins.ts";
import reference from "./fit-trees.json" with { type: "json" };

describe(`boosted trees agree with XGBoost ${reference.xgboost}`, () => {
  for (const { name, options, x, y, width, others, logOdds } of reference.problems) {
    it(`on ${name}`, () => {
      const problem = {
        data: binned(rankRows(Float64Array.from(x), width)),
        y: Uint8Array.from(y),
        hashes: new Uint32Array(y.length),
      };
      const trees = fitTrees(problem, { ...options, columns: 1, rows: 1 });
      // XGBoost sums in float32.
      for (const [row, expected] of logOdds.entries())
        expect(Math.abs(treesLogOdds(trees, others.slice(row * width, (row + 1) * width)) - expected)).toBeLessThan(
          1e-4,
        );
    });
  }
});
