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

/** A node splits on one feature by its position: x <= threshold goes `below`, all else `above`. */
export interface TreeSplit {
  readonly feature: number;
  readonly threshold: number;
  readonly below: TreeNode;
  readonly above: TreeNode;
}

/** A leaf has a value. */
export type TreeNode = TreeSplit | { readonly value: number };

/** Checked by hand: there are thousands of them in a model, of which a union of schemas made a tenth of a predictor's start. */
const node = z.custom<TreeNode>(isNode, "must be a leaf, or a split with what is below and above.");

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

function isNode(value: unknown): value is TreeNode {
  if (typeof value !== "object" || value === null) return false;
  const { length } = Object.keys(value);
  if ("value" in value) return length === 1 && Number.isFinite(value.value);
  if (!("feature" in value && "threshold" in value && "below" in value && "above" in value)) return false;
  const { feature, threshold, below, above } = value;
  return length === 4 && isPosition(feature) && Number.isFinite(threshold) && isNode(below) && isNode(above);
}

function isPosition(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
