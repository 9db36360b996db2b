import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { parseJson, textOf } from "#runtime/body-text.ts";
import { TooLarge } from "#runtime/failures.ts";
import { header } from "#runtime/headers.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { mostValues } from "#runtime/json-structure.ts";
import { jsonOf } from "#runtime/route.ts";
import { checkInstances } from "./limits.ts";

const lengthHeader = "inference-header-content-length";

/**
 * The JSON of an inference request, whose body may have the data of tensors in binary form after it, in the order of the
 * inputs, as Triton's client sends them unless told otherwise (the protocol's extension for binary tensor data,
 * https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md). They are returned as
 * `data` of the inputs that they belong to. Throws InvalidInput, and what `jsonOf` throws.
 */
export function inferJson(request: HttpRequest): unknown {
  const given = header(request, lengthHeader);
  if (given === undefined) return jsonOf(request);
  const length = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (!(length <= request.body.length))
    throw new InvalidInput(
      "Inference-Header-Content-Length must be the number of bytes of JSON that the body begins with.",
    );
  const json = parseJson(textOf(request.body.subarray(0, length), undefined), "The JSON before the binary tensors");
  return withBinaryData(json, request.body.subarray(length));
}

const inputsSchema = z.looseObject({
  inputs: z.array(
    z.looseObject({
      name: z.string(),
      datatype: z.string(),
      parameters: z.looseObject({ binary_data_size: z.int().min(0).optional() }).optional(),
    }),
  ),
});

function withBinaryData(json: unknown, bytes: Buffer): unknown {
  const parsed = inputsSchema.safeParse(json);
  // What is wrong with it is told by the schema of requests without binary data.
  if (!parsed.success) return json;
  let from = 0;
  // Of all inputs together, as for JSON.
  let values = 0;
  const inputs = parsed.data.inputs.map((input) => {
    const size = input.parameters?.binary_data_size;
    if (size === undefined) return input;
    if (from + size > bytes.length)
      throw new InvalidInput(`The body ends before the ${size} bytes of binary data of input ${input.name}.`);
    const data = elementsOf(input.name, input.datatype, bytes.subarray(from, from + size), mostValues - values);
    from += size;
    values += data.length;
    return { ...input, data };
  });
  if (from < bytes.length)
    throw new InvalidInput(`The body has ${bytes.length - from} bytes after the binary data of its inputs.`);
  return { ...parsed.data, inputs };
}

/**
 * Little-endian, without gaps; strings are each preceded by their length in four bytes. Throws TooLarge, before anything is made of them,
 * for more numbers than `most` and for more strings than there may be instances: zeros take far less than what they would become.
 */
function elementsOf(name: string, datatype: string, bytes: Buffer, most: number): readonly unknown[] {
  if (datatype === "BYTES") return stringsOf(name, bytes);
  const reader = readers[datatype];
  if (reader === undefined)
    throw new InvalidInput(
      `Input ${name} has datatype ${datatype}; binary data is taken of ${Object.keys(readers).join(", ")} and BYTES.`,
    );
  const [size, read] = reader;
  if (bytes.length % size !== 0)
    throw new InvalidInput(
      `Input ${name} has ${bytes.length} bytes of binary data, where each ${datatype} has ${size}.`,
    );
  if (bytes.length / size > most)
    throw new TooLarge(`The inputs hold more than ${mostValues} values; send them in parts.`, {
      details: { limit: mostValues },
    });
  return Array.from({ length: bytes.length / size }, (_, i) => read(bytes, i * size));
}

type Reader = readonly [size: number, read: (bytes: Buffer, at: number) => number];

const readers: Readonly<Record<string, Reader>> = {
  FP32: [4, (bytes, at) => bytes.readFloatLE(at)],
  FP64: [8, (bytes, at) => bytes.readDoubleLE(at)],
  INT8: [1, (bytes, at) => bytes.readInt8(at)],
  INT16: [2, (bytes, at) => bytes.readInt16LE(at)],
  INT32: [4, (bytes, at) => bytes.readInt32LE(at)],
  INT64: [8, (bytes, at) => Number(bytes.readBigInt64LE(at))],
  UINT8: [1, (bytes, at) => bytes.readUInt8(at)],
  UINT16: [2, (bytes, at) => bytes.readUInt16LE(at)],
  UINT32: [4, (bytes, at) => bytes.readUInt32LE(at)],
  UINT64: [8, (bytes, at) => Number(bytes.readBigUInt64LE(at))],
};

function stringsOf(name: string, bytes: Buffer): string[] {
  const strings: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 <= bytes.length ? at + 4 + bytes.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    checkInstances(strings.length + 1);
    if (end > bytes.length) throw new InvalidInput(`The binary data of input ${name} ends in the middle of a string.`);
    strings.push(textOf(bytes.subarray(at + 4, end), undefined));
    at = end;
  }
  return strings;
}
