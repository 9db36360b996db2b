import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { type CheckResource, crdCheck } from "./crd-schema.ts";

const folder = dirname(fileURLToPath(import.meta.url));
const schemas = process.env.LAPSE_SCHEMAS;

const { resources } = z.object({ resources: z.array(z.string()) }).parse(await parsed("kustomization.yaml"));
const resourceSchema = z.looseObject({ apiVersion: z.string(), kind: z.string() });
const all = await Promise.all(
  resources.map(async (file) => ({ file, resource: resourceSchema.parse(await parsed(file)) })),
);
// What is in Kubernetes itself has no dot in its group, and no CRD.
const custom = all.filter(({ resource }) => resource.apiVersion.includes("."));

async function parsed(file: string): Promise<unknown> {
  return parse(await readFile(join(folder, file), "utf8"));
}

if (schemas === undefined) {
  console.warn("LAPSE_SCHEMAS is not set to a folder of CRDs: the manifests are NOT checked against them.");
}

describe.skipIf(schemas === undefined)("against the CRDs in LAPSE_SCHEMAS", () => {
  const checks = new Map<string, CheckResource>();

  beforeAll(async () => {
    for (const { resource } of custom) {
      const { apiVersion, kind } = resource;
      if (!checks.has(kind)) checks.set(kind, await crdCheck(schemas ?? "", apiVersion, kind));
    }
  });

  it.each(custom)("$file is valid, and would not be with a field misspelt", ({ resource }) => {
    const check = checks.get(resource.kind);
    expect(check?.(resource)).toEqual([]);
    expect(check?.({ ...resource, sepc: {} })).toEqual(["/ must NOT have additional properties: sepc"]);
  });
});
