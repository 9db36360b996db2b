import onnxProto from "onnx-proto";
import type { TreeNode, TreesParameters } from "../parameters.ts";
import { nodesOf } from "../trees.ts";
import { attribute, operator, type Subgraph, vector } from "./graph.ts";

const { DOUBLE } = onnxProto.onnx.TensorProto.DataType;

/**
 * `trees`, double [n, 1], from `features`. The operator compares with its thresholds and adds up its leaves in float64,
 * but gives a float32; the base, which may be larger than what the trees add, comes after it.
 */
export function treesGraph({ base, trees }: TreesParameters): Subgraph {
  return {
    node: [
      {
        ...operator("TreeEnsembleRegressor", ["features"], "leaves"),
        domain: "ai.onnx.ml",
        attribute: ensemble(trees),
      },
      { ...operator("Cast", ["leaves"], "double_leaves"), attribute: [attribute.integer("to", DOUBLE)] },
      operator("Add", ["double_leaves", "base"], "trees"),
    ],
    initializer: [vector("base", [base])],
  };
}

/** The attributes of the operator: flat lists with an entry for each node, and for each leaf. */
function ensemble(trees: readonly TreeNode[]): onnxProto.onnx.IAttributeProto[] {
  const entries = trees.flatMap((tree, treeId) => {
    const nodes = [...nodesOf(tree)];
    const ids = new Map(nodes.map((node, id) => [node, id]));
    const idOf = (node: TreeNode) => ids.get(node) ?? 0;
    return nodes.map((node, id) => ({
      treeId,
      id,
      ...("feature" in node
        ? { ...node, mode: "BRANCH_LEQ", below: idOf(node.below), above: idOf(node.above) }
        : { feature: 0, threshold: 0, mode: "LEAF", below: 0, above: 0, value: node.value }),
    }));
  });
  const leaves = entries.flatMap((entry) => ("value" in entry ? [entry] : []));
  return [
    attribute.integer("n_targets", 1),
    attribute.text("aggregate_function", "SUM"),
    attribute.text("post_transform", "NONE"),
    attribute.integers(
      "nodes_treeids",
      entries.map(({ treeId }) => treeId),
    ),
    attribute.integers(
      "nodes_nodeids",
      entries.map(({ id }) => id),
    ),
    attribute.integers(
      "nodes_featureids",
      entries.map(({ feature }) => feature),
    ),
    attribute.texts(
      "nodes_modes",
      entries.map(({ mode }) => mode),
    ),
    attribute.vector(
      "nodes_values_as_tensor",
      entries.map(({ threshold }) => threshold),
    ),
    attribute.integers(
      "nodes_truenodeids",
      entries.map(({ below }) => below),
    ),
    attribute.integers(
      "nodes_falsenodeids",
      entries.map(({ above }) => above),
    ),
    attribute.integers(
      "target_treeids",
      leaves.map(({ treeId }) => treeId),
    ),
    attribute.integers(
      "target_nodeids",
      leaves.map(({ id }) => id),
    ),
    attribute.integers(
      "target_ids",
      leaves.map(() => 0),
    ),
    attribute.vector(
      "target_weights_as_tensor",
      leaves.map(({ value }) => value),
    ),
  ];
}
