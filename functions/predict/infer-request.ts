import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { shownAs } from "#runtime/route-description.ts";
import { listed } from "./instance.ts";
import { checkInstances } from "./limits.ts";

/** What a V2 request gives of its users: vectors, or ids of stored users. */
export type InferInput =
  | { readonly kind: "rows"; readonly rows: readonly Float64Array[] }
  | { readonly kind: "users"; readonly userIds: readonly string[] };

/** The tensors of a response. */
export const outputName = z.enum(["probability", "risk", "state", "lapsed_since"]);
export type OutputName = z.infer<typeof outputName>;

export interface InferRequest {
  readonly id: string | undefined;
  readonly input: InferInput;
  /** In the order of the response; probability and risk unless others are asked for. */
  readonly outputs: readonly OutputName[];
}

const parameters = z.record(z.string(), z.unknown()).optional();
// Elements are looked at when they are copied, so here it is enough to know that there is an array.
const data = shownAs(
  z.custom<readonly unknown[]>(Array.isArray, "must be an array"),
  z.array(z.unknown()).describe("In row-major order, nested as the shape says or not."),
);
const tensorSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  datatype: z.string(),
  data,
  parameters,
});
/** The body of an Open Inference request. */
export const inferBody = z.object({
  id: z.string().optional(),
  parameters,
  inputs: z.array(tensorSchema).min(1),
  outputs: z.array(z.object({ name: outputName, parameters })).optional(),
});

type Tensor = z.infer<typeof tensorSchema>;

/**
 * Reads an Open Inference request. Its inputs are one tensor `features` (FP32 or FP64; shape [n, d], or [d] for one
 * user), or one tensor `user_id` (BYTES; [n]), or one tensor of shape [n] or [n, 1] for each feature by name. All
 * `parameters` are taken and none has a meaning here.
 *
 * @throws InvalidInput naming the field or the tensor; TooLarge for more users than fit into one request.
 */
export function parseInferRequest(body: z.infer<typeof inferBody>, manifest: ModelManifest): InferRequest {
  const { id, inputs, outputs } = body;
  return {
    id,
    input: inputOf(inputs, manifest),
    outputs: outputs === undefined || outputs.length === 0 ? ["probability", "risk"] : outputs.map(({ name }) => name),
  };
}

function inputOf(inputs: readonly Tensor[], manifest: ModelManifest): InferInput {
  const [first] = inputs;
  if (first !== undefined && inputs.length === 1) {
    if (first.name === "user_id") return { kind: "users", userIds: userIdsOf(first) };
    if (first.name === "features") return { kind: "rows", rows: matrixRows(first, manifest) };
  }
  return { kind: "rows", rows: columnRows(inputs, manifest) };
}

function userIdsOf(tensor: Tensor): string[] {
  if (tensor.datatype !== "BYTES")
    throw new InvalidInput(`Input user_id must be of datatype BYTES, not ${tensor.datatype}.`);
  return flatData(tensor, rowCount(tensor)).map((value, index) => {
    if (typeof value === "string" && value !== "") return value;
    throw new InvalidInput(`Input user_id must hold strings that are not empty; element ${index} is not one.`);
  });
}

function matrixRows(tensor: Tensor, { version, features }: ModelManifest): Float64Array[] {
  const { shape } = tensor;
  const width = features.length;
  const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
  if (rows === undefined || columns !== width || shape.length > 2) {
    throw new InvalidInput(`Input features has shape [${shape}]; version ${version} takes [n, ${width}].`);
  }
  const values = numbersOf(tensor, ["FP32", "FP64"], rows);
  return Array.from({ length: rows }, (_, row) => values.subarray(row * width, (row + 1) * width));
}

function columnRows(inputs: readonly Tensor[], { version, features }: ModelManifest): Float64Array[] {
  const byName = new Map(inputs.map((tensor) => [tensor.name, tensor]));
  if (byName.size < inputs.length) throw new InvalidInput("Two inputs have the same name.");
  const known = new Set(features);
  const unknown = [...byName.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new InvalidInput(
      `The inputs must be one tensor features, or one tensor user_id, or one for each feature of version ${version}; not ${listed(unknown)}.`,
    );
  }
  const missing = features.filter((name) => !byName.has(name));
  if (missing.length > 0) throw new InvalidInput(`There is no input for ${listed(missing)}.`);
  const columns = features.flatMap((name) => byName.get(name) ?? []);
  const counts = new Set(columns.map(rowCount));
  const [rows] = counts;
  if (rows === undefined || counts.size > 1) throw new InvalidInput("The inputs have different numbers of rows.");
  const numbers = columns.map((tensor) => numbersOf(tensor, columnTypes, rows));
  return Array.from({ length: rows }, (_, row) => Float64Array.from(numbers, (column) => column[row] ?? Number.NaN));
}

const columnTypes = ["FP32", "FP64", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"];

/** The n of a shape [n] or [n, 1]. */
function rowCount({ name, shape }: Tensor): number {
  const [rows, columns = 1] = shape;
  if (rows === undefined || columns !== 1 || shape.length > 2) {
    throw new InvalidInput(`Input ${name} has shape [${shape}] instead of [n].`);
  }
  return rows;
}

function numbersOf(tensor: Tensor, datatypes: readonly string[], rows: number): Float64Array {
  if (!datatypes.includes(tensor.datatype)) {
    throw new InvalidInput(`Input ${tensor.name} has datatype ${tensor.datatype} instead of ${datatypes.join(", ")}.`);
  }
  const elements = flatData(tensor, rows);
  const values = new Float64Array(elements.length);
  for (let index = 0; index < elements.length; index++) {
    const element = elements[index];
    if (typeof element !== "number" || !Number.isFinite(element)) {
      throw new InvalidInput(`Input ${tensor.name} must hold finite numbers; element ${index} is not one.`);
    }
    values[index] = element;
  }
  return values;
}

/**
 * The elements in row-major order: the protocol lets senders nest them or not. A shape that is not that of the data is told as
 * such, before there are too many rows in it.
 */
function flatData({ name, shape, data: given }: Tensor, rows: number): readonly unknown[] {
  const flat: readonly unknown[] = Array.isArray(given[0]) ? given.flat(shape.length - 1) : given;
  if (flat.some((element) => Array.isArray(element)))
    throw new InvalidInput(`Input ${name} is nested otherwise than its shape [${shape}] says.`);
  const size = shape.reduce((product, length) => product * length, 1);
  if (flat.length !== size) {
    throw new InvalidInput(`Input ${name} has ${flat.length} elements where its shape [${shape}] has ${size}.`);
  }
  checkInstances(rows);
  return flat;
}
