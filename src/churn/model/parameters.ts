import * as z from "zod";

/** How raw features become the standardised ones of a linear part: (t(clip(x_j)) - center[j]) / scale[j]. */
const scaling = z.strictObject({
  low: z.array(z.number()),
  high: z.array(z.number()),
  /** t, by feature. */
  transform: z.array(z.enum(["identity", "log1p"])),
  center: z.array(z.number()),
  scale: z.array(z.number()),
});

/** intercept + sum_j weights[j] * standardised x_j. */
const linear = z.strictObject({ weights: z.array(z.number()), intercept: z.number() });

/** A node splits on one feature by its position: x <= threshold goes `below`, all else `above`. A leaf has a value. */
const split = z.strictObject({
  feature: z.int().min(0),
  threshold: z.number(),
  get below(): typeof node {
    return node;
  },
  get above(): typeof node {
    return node;
  },
});
const leaf = z.strictObject({ value: z.number() });
const node = z.union([leaf, split]);

/** base + the sum of the leaves that a vector reaches, one in each tree. */
const trees = z.strictObject({ base: z.number(), trees: z.array(node) });

/**
 * What log-odds of churn are computed from, by the family of the model. Each has a scaling: reasons tell by it how far a
 * value is from the typical one. See logOddsOf.
 */
export const parametersSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("logistic"), scaling, linear }),
  z.strictObject({ kind: z.literal("trees"), scaling, trees }),
  /** (1 - treesShare) * linear + treesShare * trees. */
  z.strictObject({ kind: z.literal("blend"), scaling, linear, trees, treesShare: z.number().min(0).max(1) }),
]);

export type ModelParameters = z.infer<typeof parametersSchema>;
export type ModelKind = ModelParameters["kind"];
export type ScalingParameters = z.infer<typeof scaling>;
export type LinearParameters = z.infer<typeof linear>;
export type TreesParameters = z.infer<typeof trees>;
export type TreeSplit = z.infer<typeof split>;
export type TreeNode = z.infer<typeof node>;

/** The scaling, and what stands on it: of each family its parts. */
export interface ModelParts {
  readonly scaling: ScalingParameters;
  readonly linear?: { readonly share: number; readonly part: LinearParameters };
  readonly trees?: { readonly share: number; readonly part: TreesParameters };
}

/** A model of any family as a weighted sum of a linear part and trees. One case each: a new family does not compile until it has its own. */
export function partsOf(parameters: ModelParameters): ModelParts {
  const { scaling } = parameters;
  switch (parameters.kind) {
    case "logistic":
      return { scaling, linear: { share: 1, part: parameters.linear } };
    case "trees":
      return { scaling, trees: { share: 1, part: parameters.trees } };
    case "blend": {
      const { linear, trees, treesShare } = parameters;
      return { scaling, linear: { share: 1 - treesShare, part: linear }, trees: { share: treesShare, part: trees } };
    }
  }
}
