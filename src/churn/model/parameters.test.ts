import { describe, expect, it } from "vitest";
import { exampleManifest, exampleParameters, exampleTrees } from "#test/support/example-model.ts";
import { parametersSchema } from "./parameters.ts";

const { scaling } = exampleParameters();
const trees = exampleTrees(exampleManifest().typical);
const leaf = { value: 0.1 };
const split = { feature: 1, threshold: 2.5, below: leaf, above: { ...leaf } };
const withTree = (tree: unknown) => ({ kind: "trees", scaling, trees: { base: 0, trees: [...trees.trees, tree] } });

describe("parameters with trees", () => {
  it("are read as they are written", () => {
    for (const tree of [leaf, split, { ...split, below: split }]) {
      const written = withTree(tree);
      expect(parametersSchema.parse(JSON.parse(JSON.stringify(written)))).toEqual(written);
    }
  });

  it.each([
    ["nothing", null],
    ["a number", 7],
    ["an empty node", {}],
    ["a leaf without a number", { value: null }],
    ["a leaf of text", { value: "0.1" }],
    ["a leaf with more in it", { ...leaf, weight: 1 }],
    ["a leaf and a split at once", { ...leaf, ...split }],
    ["a split on no feature", { ...split, feature: -1 }],
    ["a split between two features", { ...split, feature: 1.5 }],
    ["a split at no threshold", { ...split, threshold: Number.NaN }],
    ["a split with one side", { feature: 1, threshold: 2.5, below: leaf }],
    ["a split with more in it", { ...split, gain: 3 }],
    ["a damaged node below", { ...split, below: { ...split, above: { value: "0.1" } } }],
  ])("are refused with %s in them", (_what, tree) => {
    expect(parametersSchema.safeParse(withTree(tree)).success).toBe(false);
  });
});
