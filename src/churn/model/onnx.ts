import onnxProto from "onnx-proto";
import type { LogisticParameters, ModelParameters } from "./manifest.ts";

const { BOOL, DOUBLE, INT64 } = onnxProto.onnx.TensorProto.DataType;
// Opset 13 and IR 7 (ONNX 1.8) are the oldest that hold all operators used here in float64, so that any runtime takes it.
const opset = 13;
const irVersion = 7;
/** Raised when the graph's inputs, outputs or metadata change their meaning. */
const formatVersion = "1";

/**
 * The model as a serialised ONNX ModelProto of plain ai.onnx operators in float64: input `features` double [n, d] in
 * the order of `features`, outputs `probability` double [n] and `log_odds` double [n]. The names stand as JSON under
 * `lapse.features` in the metadata. Equal arguments give equal bytes. A NaN in the input gives NaN for its row only.
 *
 * @throws RangeError when a parameter has not one number for each feature.
 */
export function toOnnx(parameters: ModelParameters, features: readonly string[]): Uint8Array {
  const { node, initializer } = scorer(parameters, features.length);
  const rows = { dimParam: "n" };
  return onnxProto.onnx.ModelProto.encode({
    irVersion,
    opsetImport: [{ domain: "", version: opset }],
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
interface Scorer {
  readonly node: onnxProto.onnx.INodeProto[];
  readonly initializer: onnxProto.onnx.ITensorProto[];
}

/** One case for each kind of model: a new kind does not compile until it has its own. */
function scorer(parameters: ModelParameters, width: number): Scorer {
  switch (parameters.kind) {
    case "logistic":
      return logisticScorer(parameters, width);
  }
}

/** The formula of `logisticParameters` in manifest.ts, one node for each operation. */
function logisticScorer(p: LogisticParameters, width: number): Scorer {
  const { low, high, transform, center, scale, weights } = p;
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
    operator("Gemm", ["standardised", "weights", "intercept"], "uncalibrated"),
    operator("Mul", ["uncalibrated", "calibration_slope"], "sloped"),
    operator("Add", ["sloped", "calibration_intercept"], "log_odds_column"),
    operator("Squeeze", ["log_odds_column", "column_axis"], "log_odds"),
    operator("Sigmoid", ["log_odds"], "probability"),
  );
  initializer.push(
    vector("center", center),
    vector("scale", scale),
    doubles("weights", [width, 1], weights),
    vector("intercept", [p.intercept]),
    vector("calibration_slope", [p.calibration.slope]),
    vector("calibration_intercept", [p.calibration.intercept]),
    { name: "column_axis", dataType: INT64, dims: [1], int64Data: [1] },
  );
  return { node, initializer };
}

/** A node, named after its output so that viewers and runtime errors read well. */
function operator(opType: string, input: string[], output: string): onnxProto.onnx.INodeProto {
  return { opType, name: output, input, output: [output] };
}

function vector(name: string, values: readonly number[]): onnxProto.onnx.ITensorProto {
  return doubles(name, [values.length], values);
}

function doubles(name: string, dims: number[], values: readonly number[]): onnxProto.onnx.ITensorProto {
  return { name, dataType: DOUBLE, dims, doubleData: [...values] };
}

function doubleInfo(name: string, dim: onnxProto.onnx.TensorShapeProto.IDimension[]): onnxProto.onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType: DOUBLE, shape: { dim } } } };
}
