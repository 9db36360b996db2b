import onnxProto from "onnx-proto";
import type { LinearParameters, ScalingParameters } from "../parameters.ts";
import { doubles, operator, type Subgraph, vector } from "./graph.ts";

const { BOOL } = onnxProto.onnx.TensorProto.DataType;

/**
 * `linear`, double [n, 1], from `features`: one node for each operation of linearLogOdds.
 *
 * @throws RangeError when a parameter has not one number for each feature.
 */
export function linearGraph(
  scaling: ScalingParameters,
  { weights, intercept }: LinearParameters,
  width: number,
): Subgraph {
  const { low, high, transform, center, scale } = scaling;
  for (const [name, column] of Object.entries({ low, high, transform, center, scale, weights })) {
    // ONNX would broadcast a single number over all features without a word.
    if (column.length !== width) {
      throw new RangeError(`writing ONNX: ${name} has ${column.length} entries for ${width} features`);
    }
  }
  // Min and Max, because Clip takes one bound for all columns.
  const node = [operator("Max", ["features", "low"], "raised"), operator("Min", ["raised", "high"], "clipped")];
  const initializer = [vector("low", low), vector("high", high)];
  const logged = transform.map((name) => name === "log1p");
  if (logged.includes(true)) {
    // Where picks by column, so that the NaN or -Infinity of a logarithm that is not wanted goes nowhere.
    node.push(
      operator("Add", ["clipped", "one"], "plus_one"),
      operator("Log", ["plus_one"], "logarithm"),
      operator("Where", ["is_log1p", "logarithm", "clipped"], "transformed"),
    );
    initializer.push(vector("one", [1]), {
      name: "is_log1p",
      dataType: BOOL,
      dims: [width],
      int32Data: logged.map(Number),
    });
  }
  node.push(
    operator("Sub", [logged.includes(true) ? "transformed" : "clipped", "center"], "centered"),
    operator("Div", ["centered", "scale"], "standardised"),
    // Gemm and not MatMul: onnxruntime folds a scalar beside a MatMul into an attribute that is only float32.
    operator("Gemm", ["standardised", "weights", "intercept"], "linear"),
  );
  initializer.push(
    vector("center", center),
    vector("scale", scale),
    doubles("weights", [width, 1], weights),
    vector("intercept", [intercept]),
  );
  return { node, initializer };
}
