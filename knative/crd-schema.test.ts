import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { checkOf, crdCheck } from "#test/support/crd-schema.ts";

const check = checkOf({
  type: "object",
  properties: {
    spec: {
      type: "object",
      required: ["size"],
      properties: {
        size: { type: "integer", format: "int32" },
        port: { "x-kubernetes-int-or-string": true },
        labels: { type: "object", additionalProperties: { type: "string" } },
        parts: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
        open: {
          type: "object",
          "x-kubernetes-preserve-unknown-fields": true,
          properties: { known: { type: "string" } },
        },
      },
    },
  },
});

function faultsOf(spec: object, envelope: object = {}): string[] {
  return check({ apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t" }, spec, ...envelope });
}

describe("the check of a resource against its CRD", () => {
  it("passes what fits", () => {
    const parts = [{ name: "a" }];
    expect(faultsOf({ size: 1, port: "http", labels: { any: "x" }, parts, open: { known: "a", b: 1 } })).toEqual([]);
    expect(faultsOf({ size: 1, port: 80 })).toEqual([]);
  });

  it.each([
    ["an unknown field", { size: 1, sise: 2 }, "/spec must NOT have additional properties: sise"],
    [
      "an unknown field in a list",
      { size: 1, parts: [{ nam: "a" }] },
      "/spec/parts/0 must NOT have additional properties: nam",
    ],
    ["a missing field", {}, "/spec must have required property 'size'"],
    ["a wrong type", { size: "1" }, "/spec/size must be integer"],
    ["a number that does not fit", { size: 2 ** 31 }, '/spec/size must match format "int32"'],
    ["a wrong type in a map", { size: 1, labels: { a: 1 } }, "/spec/labels/a must be string"],
    [
      "a known field of the wrong type in an open object",
      { size: 1, open: { known: 1 } },
      "/spec/open/known must be string",
    ],
  ])("finds %s", (_, spec, fault) => {
    expect(faultsOf(spec)).toEqual([fault]);
  });

  it("rejects a value that is neither integer nor string", () => {
    expect(faultsOf({ size: 1, port: true })).toContain("/spec/port must be string");
  });

  it("looks at metadata and the top level too", () => {
    expect(faultsOf({ size: 1 }, { metadata: { name: "t", label: {} } })).toEqual([
      "/metadata must NOT have additional properties: label",
    ]);
    expect(faultsOf({ size: 1 }, { sepc: {} })).toEqual(["/ must NOT have additional properties: sepc"]);
    expect(check({ apiVersion: "v1", kind: "Thing", spec: { size: 1 } })).toEqual([
      "/ must have required property 'metadata'",
    ]);
  });
});

describe("reading a CRD", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lapse-crd-"));
    const openAPIV3Schema = { type: "object", properties: { spec: { type: "object", properties: {} } } };
    const versions = [{ name: "v1", served: true, schema: { openAPIV3Schema } }];
    const crd = { kind: "CustomResourceDefinition", spec: { versions } };
    await writeFile(join(folder, "example.com_Thing.yaml"), stringify(crd));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("reads the schema of the resource's group, version and kind", async () => {
    const checkThing = await crdCheck(folder, "example.com/v1", "Thing");
    expect(
      checkThing({ apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t" }, spec: { a: 1 } }),
    ).toEqual(["/spec must NOT have additional properties: a"]);
  });

  it("fails for an unknown kind or version", async () => {
    await expect(crdCheck(folder, "example.com/v1", "Other")).rejects.toThrow("example.com_Other.yaml");
    await expect(crdCheck(folder, "example.com/v2", "Thing")).rejects.toThrow("version v2");
  });
});
