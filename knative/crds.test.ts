import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { type CheckResource, crdCheck } from "#test/support/crd-schema.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const schemas = process.env.LAPSE_SCHEMAS;

const kustomizationSchema = z.object({ resources: z.array(z.string()).default([]) });
const resourceSchema = z.looseObject({ apiVersion: z.string(), kind: z.string() });

async function parsed(...path: string[]): Promise<unknown> {
  return parse(await readFile(join(root, ...path), "utf8"));
}

const yaml = (await Promise.all(["knative", "kserve", "deploy"].map(yamlIn))).flat();
const listed = await Promise.all(yaml.filter((file) => basename(file) === "kustomization.yaml").map(resourcesOf));
const files = listed.flat();
const all = await Promise.all(
  files.map(async (file) => ({ file, resource: resourceSchema.parse(await parsed(file)) })),
);
// Kubernetes' own kinds have no CRD: their group has no dot, or ends with .k8s.io.
const custom = all.filter(({ resource }) => /^(?!.*\.k8s\.io\/).*\./.test(resource.apiVersion));

async function yamlIn(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names.filter((name) => name.endsWith(".yaml")).map((name) => join(folder, name));
}

/** The manifests that a kustomization lists, without the folders of other kustomizations. */
async function resourcesOf(kustomization: string): Promise<string[]> {
  const { resources } = kustomizationSchema.parse(await parsed(kustomization));
  return resources.filter((name) => name.endsWith(".yaml")).map((name) => join(dirname(kustomization), name));
}

describe("the kustomizations", () => {
  it("list every manifest, each once", () => {
    const manifests = yaml.filter((file) => !["kustomization.yaml", "name-reference.yaml"].includes(basename(file)));
    expect([...files].sort()).toEqual(manifests.sort());
  });

  it("keep every pod from running as root, from writing to its image and from asking the API server", () => {
    for (const { file, resource } of all) {
      for (const container of containersIn(resource)) {
        const { securityContext } = z.object({ securityContext: z.looseObject({}) }).parse(container);
        expect(securityContext, file).toMatchObject({
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
        });
        // Elasticsearch writes settings and logs beside its programs.
        if (!file.includes("/elasticsearch/")) expect(securityContext.readOnlyRootFilesystem, file).toBe(true);
        expect(JSON.stringify(resource), file).toContain('"runAsNonRoot":true');
      }
    }
    const accounts = all.filter(({ resource }) => resource.kind === "ServiceAccount");
    expect(accounts.map(({ resource }) => resource.automountServiceAccountToken)).toEqual(accounts.map(() => false));
    expect(all.flatMap(({ resource }) => containersIn(resource)).length).toBeGreaterThan(8);
  });

  it("give no image a tag: those are in deploy/images", () => {
    for (const { file, resource } of all)
      for (const container of containersIn(resource))
        expect(z.object({ image: z.string() }).parse(container).image, file).not.toMatch(/:[^/]*$/);
  });
});

/** Every container, wherever the kind defines its pods. */
function containersIn(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(containersIn);
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    /^(initC|c)ontainers$/.test(key) && Array.isArray(inner) ? inner : containersIn(inner),
  );
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
