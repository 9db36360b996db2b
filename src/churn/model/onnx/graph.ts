import onnxProto from "onnx-proto";

const { DOUBLE } = onnxProto.onnx.TensorProto.DataType;
const { INT, INTS, STRING, STRINGS, TENSOR } = onnxProto.onnx.AttributeProto.AttributeType;

/** The inside of a graph, or a part of it. */
export interface Subgraph {
  readonly node: onnxProto.onnx.INodeProto[];
  readonly initializer: onnxProto.onnx.ITensorProto[];
}

/** A node, named after its output so that viewers and runtime errors read well. */
export function operator(opType: string, input: string[], output: string): onnxProto.onnx.INodeProto {
  return { opType, name: output, input, output: [output] };
}

export function vector(name: string, values: readonly number[]): onnxProto.onnx.ITensorProto {
  return doubles(name, [values.length], values);
}

export function doubles(name: string, dims: number[], values: readonly number[]): onnxProto.onnx.ITensorProto {
  return { name, dataType: DOUBLE, dims, doubleData: [...values] };
}

export function doubleInfo(
  name: string,
  dim: onnxProto.onnx.TensorShapeProto.IDimension[],
): onnxProto.onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType: DOUBLE, shape: { dim } } } };
}

/** An attribute of a node, by the type of its value: whole numbers, texts, or a tensor of float64. */
export const attribute = {
  integer: (name: string, i: number): onnxProto.onnx.IAttributeProto => ({ name, type: INT, i }),
  integers: (name: string, ints: number[]): onnxProto.onnx.IAttributeProto => ({ name, type: INTS, ints }),
  text: (name: string, text: string): onnxProto.onnx.IAttributeProto => ({ name, type: STRING, s: bytes(text) }),
  texts: (name: string, texts: string[]): onnxProto.onnx.IAttributeProto => ({
    name,
    type: STRINGS,
    strings: texts.map(bytes),
  }),
  vector: (name: string, values: readonly number[]): onnxProto.onnx.IAttributeProto => ({
    name,
    type: TENSOR,
    t: vector("", values),
  }),
};

function bytes(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}
