import { describe, expect, it } from "vitest";
import { exampleParameters } from "#test/support/example-model.ts";
import { randomFrom } from "../random.ts";
import { compiled } from "./compiled.ts";
import type { ModelParameters, TreeNode } from "./parameters.ts";
import { probabilityOf } from "./predict.ts";

const random = randomFrom("compiled");
const { scaling, linear } = exampleParameters();
const width = linear.weights.length;

function tree(depth: number): TreeNode {
  if (depth === 0 || random() < 0.1) return { value: random() - 0.5 };
  const feature = Math.floor(random() * width);
  return { feature, threshold: Math.floor(random() * 20), below: tree(depth - 1), above: tree(depth - 1) };
}

const trees = { base: -1, trees: [...Array.from({ length: 100 }, () => tree(3)), { value: 0.25 }] };
const families: ModelParameters[] = [
  { kind: "logistic", scaling, linear },
  { kind: "trees", scaling, trees },
  { kind: "blend", scaling, linear, trees, treesShare: 0.75 },
];

describe("compiled", () => {
  it.each(families)("gives a $kind's probability to the last bit, at thresholds and bounds too", (parameters) => {
    const rows = Array.from({ length: 500 }, () =>
      // Whole numbers meet thresholds.
      Float64Array.from({ length: width }, () => (random() < 0.5 ? Math.floor(random() * 25) : 300 * random() - 20)),
    );
    const all = Float64Array.from(rows.flatMap((row) => [...row]));
    const probability = compiled(parameters);
    for (const [i, row] of rows.entries()) expect(probability(all, i * width)).toBe(probabilityOf(parameters, row));
  });

  it("keeps trees apart that share a node", () => {
    const leaf = { value: 0.5 };
    const parameters: ModelParameters = { kind: "trees", scaling, trees: { base: 0, trees: [leaf, leaf] } };
    expect(compiled(parameters)(new Float64Array(width), 0)).toBe(probabilityOf(parameters, new Float64Array(width)));
  });
});
