import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { TooLarge } from "#runtime/failures.ts";
import { inferJson } from "./binary-tensors.ts";

function request(json: unknown, binary: Buffer, length?: string) {
  const head = Buffer.from(JSON.stringify(json));
  const headers = { "inference-header-content-length": length ?? String(head.length) };
  return { method: "POST", path: "/", headers, body: Buffer.concat([head, binary]) };
}

const input = (name: string, datatype: string, shape: number[], size: number) => ({
  name,
  datatype,
  shape,
  parameters: { binary_data_size: size },
});

function bytesOf(...texts: string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(text));
      return [length, Buffer.from(text)];
    }),
  );
}

describe("binary tensors", () => {
  it("are read as the data of the inputs that they belong to, in their order", () => {
    const floats = Buffer.from(Float32Array.of(1.5, -2).buffer);
    const longs = Buffer.from(BigInt64Array.of(-7n).buffer);
    const json = {
      id: "1",
      inputs: [input("a", "FP32", [2], 8), { name: "b", data: [3] }, input("c", "INT64", [1], 8)],
    };
    const inputs = json.inputs.map((one) => ({ datatype: "FP64", shape: [1], ...one }));
    expect(inferJson(request({ ...json, inputs }, Buffer.concat([floats, longs])))).toMatchObject({
      id: "1",
      inputs: [
        { name: "a", data: [1.5, -2] },
        { name: "b", data: [3] },
        { name: "c", data: [-7] },
      ],
    });
  });

  it("may be strings", () => {
    const bytes = bytesOf("ana", "", "Jürgen");
    const json = { inputs: [input("user_id", "BYTES", [3], bytes.length)] };
    expect(inferJson(request(json, bytes))).toMatchObject({ inputs: [{ data: ["ana", "", "Jürgen"] }] });
  });

  it.each([
    ["BYTES", Buffer.alloc(4_000_000), /at most 1000 fit/],
    ["INT8", Buffer.alloc(400_001), /more than 400000 values/],
    ["FP32", Buffer.alloc(4_000_000), /more than 400000 values/],
  ])("of zeros of type %s are refused before they become more than a request may hold", (datatype, bytes, reason) => {
    const json = { inputs: [input("a", datatype, [1], bytes.length)] };
    expect(() => inferJson(request(json, bytes))).toThrow(TooLarge);
    expect(() => inferJson(request(json, bytes))).toThrow(reason);
    const half = Buffer.alloc(200_001);
    const two = { inputs: [input("a", "INT8", [1], half.length), input("b", "INT8", [1], half.length)] };
    expect(() => inferJson(request(two, Buffer.concat([half, half])))).toThrow(TooLarge);
  });

  it.each<[string, ReturnType<typeof request>]>([
    ["Inference-Header-Content-Length must be", request({}, Buffer.alloc(0), "abc")],
    ["Inference-Header-Content-Length must be", request({}, Buffer.alloc(0), "1000")],
    ["The JSON before the binary tensors is not valid JSON.", request({ a: 1 }, Buffer.alloc(0), "3")],
    ["The body ends before the 8 bytes", request({ inputs: [input("a", "FP64", [1], 8)] }, Buffer.alloc(7))],
    ["The body has 1 bytes after", request({ inputs: [input("a", "FP64", [1], 8)] }, Buffer.alloc(9))],
    ["Input a has 7 bytes of binary data", request({ inputs: [input("a", "FP64", [1], 7)] }, Buffer.alloc(7))],
    ["Input a has datatype FP16;", request({ inputs: [input("a", "FP16", [1], 2)] }, Buffer.alloc(2))],
    ["ends in the middle of a string", request({ inputs: [input("a", "BYTES", [1], 6)] }, Buffer.alloc(6, 1))],
    ["ends in the middle of a string", request({ inputs: [input("a", "BYTES", [1], 2)] }, Buffer.alloc(2))],
  ])("are refused: %s", (message, wrong) => {
    expect(() => inferJson(wrong)).toThrow(InvalidInput);
    expect(() => inferJson(wrong)).toThrow(message);
  });
});
