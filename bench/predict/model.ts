import { featureNames } from "#churn/features/features.ts";
import type { TreeNode } from "#churn/model/parameters.ts";
import { randomFrom } from "#churn/random.ts";
import { exampleModel, exampleParameters } from "#test/support/example-model.ts";

const [count, depth] = [200, 3];

/**
 * A blend as training makes it: all features of `actions` frequent actions, and 200 trees of depth 3, whose thresholds
 * lie near the typical values. What a prediction costs does not depend on the numbers.
 */
export function blendOf(actions: number): ReturnType<typeof exampleModel> {
  const definition = {
    churn: { churnDays: 30, leadDays: 0, observeDays: 120 },
    actions: Array.from({ length: actions }, (_, action) => `action-${action}`),
  };
  const features = [...featureNames(definition)];
  const { typical } = exampleModel({ definition, features }).manifest;
  const random = randomFrom("trees");
  const tree = (levels: number): TreeNode => {
    if (levels === 0) return { value: (random() - 0.5) / 10 };
    const feature = Math.floor(random() * features.length);
    const threshold = (typical[feature] ?? 0) * (0.5 + random());
    return { feature, threshold, below: tree(levels - 1), above: tree(levels - 1) };
  };
  const trees = { base: -1, trees: Array.from({ length: count }, () => tree(depth)) };
  const { scaling, linear } = exampleParameters(features);
  return exampleModel({
    definition,
    features,
    parameters: { kind: "blend", scaling, linear, trees, treesShare: 0.75 },
  });
}
