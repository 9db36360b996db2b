import onnxProto from "onnx-proto";
import {
  type LinearParameters,
  type ModelParameters,
  partsOf,
  type TreeNode,
  type TreesParameters,
} from "../parameters.ts";
import { doubleInfo, operator, type Subgraph } from "./graph.ts";
import { linearGraph } from "./linear.ts";
import { treesGraph } from "./trees.ts";

const { INT64 } = onnxProto.onnx.TensorProto.DataType;
// Opset 13, that of trees 3, and IR 7 (ONNX 1.8) are the oldest that hold all operators used here in float64, so that any
// runtime takes it.
const opsets = [
  { domain: "", version: 13 },
  { domain: "ai.onnx.ml", version: 3 },
];
const irVersion = 7;
/** Raised when the graph's inputs, outputs or metadata change their meaning. */
const formatVersion = "1";

/**
 * The model as a serialised ONNX ModelProto of plain ai.onnx operators in float64, and one of ai.onnx.ml for trees: input
 * `features` double [n, d] in the order of `features`, outputs `probability` double [n] and `log_odds` double [n]. The
 * names stand as JSON under `lapse.features` in the metadata. Equal arguments give equal bytes. A NaN in the input
 * changes its row only; a linear part makes NaN of it.
 *
 * @throws RangeError when a parameter has not one number for each feature.
 */
export function toOnnx(parameters: ModelParameters, features: readonly string[]): Uint8Array {
  const { node, initializer } = scorer(parameters, features.length);
  const rows = { dimParam: "n" };
  return onnxProto.onnx.ModelProto.encode({
    irVersion,
    opsetImport: opsets,
    producerName: "lapse",
    graph: {
      name: "churn",
      input: [doubleInfo("features", [rows, { dimValue: features.length }])],
      output: [doubleInfo("probability", [rows]), doubleInfo("log_odds", [rows])],
      node,
      initializer,
    },
    metadataProps: [
      { key: "lapse.features", value: JSON.stringify(features) },
      { key: "lapse.format", value: formatVersion },
      { key: "lapse.kind", value: parameters.kind },
    ],
  }).finish();
}

/** The inside of a graph that makes `log_odds` and `probability` from `features`. */
function scorer(parameters: ModelParameters, width: number): Subgraph {
  const { scaling, linear, trees } = partsOf(parameters);
  const parts = [
    ...(linear === undefined
      ? []
      : [{ name: "linear", ...linearGraph(scaling, scaledLinear(linear.part, linear.share), width) }]),
    ...(trees === undefined ? [] : [{ name: "trees", ...treesGraph(scaledTrees(trees.part, trees.share)) }]),
  ];
  const [first, second] = parts.map(({ name }) => name);
  return {
    node: [
      ...parts.flatMap(({ node }) => node),
      ...(second === undefined ? [] : [operator("Add", [first ?? "", second], "sum")]),
      operator("Squeeze", [second === undefined ? (first ?? "") : "sum", "column_axis"], "log_odds"),
      operator("Sigmoid", ["log_odds"], "probability"),
    ],
    initializer: [
      ...parts.flatMap(({ initializer }) => initializer),
      { name: "column_axis", dataType: INT64, dims: [1], int64Data: [1] },
    ],
  };
}

/** With the share inside of the parameters there is nothing left to multiply in the graph. */
function scaledLinear({ weights, intercept }: LinearParameters, share: number): LinearParameters {
  return { weights: weights.map((weight) => share * weight), intercept: share * intercept };
}

function scaledTrees({ base, trees }: TreesParameters, share: number): TreesParameters {
  return { base: share * base, trees: trees.map((tree) => scaledTree(tree, share)) };
}

function scaledTree(node: TreeNode, share: number): TreeNode {
  if (!("feature" in node)) return { value: share * node.value };
  return { ...node, below: scaledTree(node.below, share), above: scaledTree(node.above, share) };
}
