import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { TooLarge } from "#runtime/failures.ts";
import { checked } from "#runtime/route.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { inferBody, parseInferRequest } from "./infer-request.ts";

const manifest = exampleManifest({ features: ["trend_90d", "days_since_last"] });
const features = { name: "features", shape: [2, 2], datatype: "FP64", data: [0.5, 3, -1, 40] };
const rows = [Float64Array.of(0.5, 3), Float64Array.of(-1, 40)];

function parse(body: unknown) {
  return parseInferRequest(checked(inferBody, body, "The body"), manifest);
}

function inputOf(...inputs: object[]) {
  return parse({ inputs }).input;
}

describe("an inference request", () => {
  it("gives vectors as one tensor, flat or nested, FP32 or FP64, one vector also as [d]", () => {
    expect(inputOf(features)).toEqual({ kind: "rows", rows });
    expect(
      inputOf({
        ...features,
        datatype: "FP32",
        data: [
          [0.5, 3],
          [-1, 40],
        ],
      }),
    ).toEqual({ kind: "rows", rows });
    expect(inputOf({ ...features, shape: [2], data: [0.5, 3] })).toEqual({ kind: "rows", rows: [rows[0]] });
    expect(inputOf({ ...features, shape: [0, 2], data: [] })).toEqual({ kind: "rows", rows: [] });
  });

  it("gives vectors as one tensor for each feature, in any order", () => {
    const last = { name: "days_since_last", shape: [2], datatype: "INT64", data: [3, 40] };
    const trend = { name: "trend_90d", shape: [2, 1], datatype: "FP32", data: [[0.5], [-1]] };
    expect(inputOf(last, trend)).toEqual({ kind: "rows", rows });
  });

  it("gives the ids of stored users", () => {
    const users = { name: "user_id", shape: [2], datatype: "BYTES", data: ["ana", "bob"] };
    expect(inputOf(users)).toEqual({ kind: "users", userIds: ["ana", "bob"] });
    expect(inputOf({ ...users, shape: [2, 1], data: [["ana"], ["bob"]] })).toMatchObject({ userIds: ["ana", "bob"] });
  });

  it("chooses outputs; all of them when it names none", () => {
    const outputsOf = (outputs?: object[]) => parse({ inputs: [features], outputs }).outputs;
    expect(outputsOf()).toEqual(["probability", "risk"]);
    expect(outputsOf([])).toEqual(["probability", "risk"]);
    expect(outputsOf([{ name: "risk", parameters: { binary_data: false } }])).toEqual(["risk"]);
    expect(() => outputsOf([{ name: "score" }])).toThrow("outputs[0].name");
  });

  it.each([
    ["no object", 3, "expected object"],
    ["no inputs", {}, "inputs"],
    ["empty inputs", { inputs: [] }, "inputs"],
    ["an id that is no string", { id: 4, inputs: [features] }, "id: "],
    ["data that is no array", { inputs: [{ ...features, data: "x" }] }, "inputs[0].data: must be an array"],
    ["a negative shape", { inputs: [{ ...features, shape: [-1, 2] }] }, "inputs[0].shape[0]"],
    ["the wrong width", { inputs: [{ ...features, shape: [4, 1] }] }, "takes [n, 2]"],
    ["three dimensions", { inputs: [{ ...features, shape: [2, 2, 1] }] }, "takes [n, 2]"],
    ["too few elements", { inputs: [{ ...features, data: [1, 2, 3] }] }, "has 3 elements where its shape [2,2] has 4"],
    ["a string among numbers", { inputs: [{ ...features, data: [1, 2, "3", 4] }] }, "element 2"],
    ["a datatype that is none", { inputs: [{ ...features, datatype: "BOOL" }] }, "datatype BOOL"],
    ["an unknown input", { inputs: [{ ...features, name: "x" }] }, "not x"],
    ["features and users", { inputs: [features, { ...features, name: "user_id" }] }, "not features, user_id"],
    ["a missing column", { inputs: [{ ...features, name: "trend_90d", shape: [4] }] }, "no input for days_since_last"],
    [
      "a user id that is no string",
      { inputs: [{ name: "user_id", shape: [1], datatype: "BYTES", data: [3] }] },
      "element 0",
    ],
    [
      "user ids of another datatype",
      { inputs: [{ name: "user_id", shape: [1], datatype: "INT64", data: [3] }] },
      "BYTES",
    ],
    [
      "columns of different length",
      {
        inputs: [
          { name: "trend_90d", shape: [1], datatype: "FP64", data: [1] },
          { name: "days_since_last", shape: [2], datatype: "FP64", data: [1, 2] },
        ],
      },
      "different numbers of rows",
    ],
    [
      "one name twice",
      {
        inputs: [
          { name: "trend_90d", shape: [1], datatype: "FP64", data: [1] },
          { name: "trend_90d", shape: [1], datatype: "FP64", data: [1] },
        ],
      },
      "same name",
    ],
  ])("is refused with %s", (_what, body, message) => {
    expect(() => parse(body)).toThrow(InvalidInput);
    expect(() => parse(body)).toThrow(message);
  });

  it("is refused with more users than fit", () => {
    const many = { ...features, shape: [1001, 2], data: new Array(2002).fill(0) };
    expect(() => inputOf(many)).toThrow(TooLarge);
  });
});
