import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { crdCheck } from "#test/support/crd-schema.ts";

const folder = dirname(fileURLToPath(import.meta.url));
const schemas = process.env.LAPSE_SCHEMAS;
if (schemas === undefined) {
  console.warn("LAPSE_SCHEMAS is not set to a folder of CRDs: the resources of logging/ are NOT checked against them.");
}

const kustomization = z
  .object({
    resources: z.array(z.string()),
    configMapGenerator: z.array(z.object({ name: z.string(), files: z.array(z.string()) })),
  })
  .parse(await yaml("kustomization.yaml"));
const versionSchema = z.string().regex(/^\d+\.\d+\.\d+$/);
const resourceSchema = z.looseObject({ apiVersion: z.string(), kind: z.string(), spec: z.looseObject({}).optional() });
const resources = await Promise.all(
  kustomization.resources.map(async (file) => ({ file, resource: resourceSchema.parse(await yaml(file)) })),
);
const elastic = resources.filter(({ resource }) => resource.apiVersion.includes("k8s.elastic.co/"));

const inputSchema = z.looseObject({ type: z.literal("filestream"), id: z.string(), paths: z.array(z.string()) });
const providerSchema = z.object({
  templates: z.array(z.object({ config: z.array(inputSchema) })),
  "hints.default_config": inputSchema.extend({ enabled: z.literal(false) }),
});
const beatSchema = z.object({
  spec: z.object({ config: z.looseObject({ "filebeat.autodiscover.providers": z.tuple([providerSchema]) }) }),
});
const logstashSchema = z.object({
  spec: z.object({
    pipelines: z.array(z.object({ "path.config": z.string() })),
    podTemplate: z.object({
      spec: z.object({
        containers: z.tuple([
          z.object({
            env: z.array(z.object({ name: z.string() })),
            volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
          }),
        ]),
        volumes: z.array(z.object({ name: z.string(), configMap: z.object({ name: z.string() }) })),
      }),
    }),
  }),
});

describe("the resources that collect logs", () => {
  it("are all in the kustomization", async () => {
    const names = await readdir(folder, { recursive: true });
    const others = ["kustomization.yaml", "logstash/kustomize/name-reference.yaml"];
    const found = names.filter((name) => name.endsWith(".yaml") && !others.includes(name));
    expect([...kustomization.resources].sort()).toEqual(found.sort());
    for (const file of kustomization.configMapGenerator.flatMap(({ files }) => files)) {
      await readFile(join(folder, file.replace(/^.*=/, "")));
    }
  });

  it("are of one version of the Elastic Stack, but for Logstash, which may be older and never newer", () => {
    expect(elastic.map(({ resource }) => resource.kind).sort()).toEqual([
      "Beat",
      "Elasticsearch",
      "Kibana",
      "Logstash",
    ]);
    const versions = new Map(elastic.map(({ resource: { kind, spec } }) => [kind, versionSchema.parse(spec?.version)]));
    const logstash = versions.get("Logstash");
    versions.delete("Logstash");
    const [stack, ...others] = new Set(versions.values());
    expect(others).toEqual([]);
    // Elasticsearch takes what an earlier one of the same major version sends.
    expect(logstash?.split(".")[0]).toBe(stack?.split(".")[0]);
    expect([stack, logstash].sort((a = "", b = "") => a.localeCompare(b, "en", { numeric: true }))).toEqual([
      logstash,
      stack,
    ]);
  });

  it("mount the pipelines into Logstash, and the files that they name", async () => {
    const { spec } = logstashSchema.parse(resourceOf("Logstash"));
    const [{ volumeMounts, env }] = spec.podTemplate.spec.containers;
    const mounted = volumeMounts.flatMap(({ name, mountPath }) => {
      const volume = spec.podTemplate.spec.volumes.find((one) => one.name === name);
      const map = kustomization.configMapGenerator.find((one) => one.name === volume?.configMap.name);
      return (map?.files ?? []).map(
        (file) => `${mountPath}/${file.includes("=") ? file.replace(/=.*/, "") : basename(file)}`,
      );
    });
    expect(mounted).toEqual(expect.arrayContaining(spec.pipelines.map((pipeline) => pipeline["path.config"])));
    const texts = await Promise.all(
      ["actions", "functions"].map((name) => readFile(join(folder, `logstash/pipelines/${name}.conf`), "utf8")),
    );
    for (const [, template] of texts.join("").matchAll(/template => "([^"]+)"/g)) expect(mounted).toContain(template);
    // Set by ECK for the Elasticsearch with clusterName logs, and set by the manifest itself.
    const known = ["HOSTS", "USER", "PASSWORD", "SSL_CERTIFICATE_AUTHORITY"].map((name) => `LOGS_ES_${name}`);
    const variables = [...texts.join("").matchAll(/\$\{(\w+)(?::\w*)?\}/g)].map(([, name]) => name);
    expect(new Set(variables)).toEqual(
      new Set([...known, ...env.map(({ name }) => name).filter((name) => name !== "LS_JAVA_OPTS")]),
    );
  });

  it("read containers' files with the settings that the test on files uses", async () => {
    const [provider] = beatSchema.parse(resourceOf("Beat")).spec.config["filebeat.autodiscover.providers"];
    const template = provider.templates[0]?.config[0];
    const { enabled, ...hinted } = provider["hints.default_config"];
    expect(hinted).toEqual(template);
    const files = z.object({ "filebeat.inputs": z.array(inputSchema) }).parse(await yaml("filebeat/filebeat.yml"));
    for (const input of files["filebeat.inputs"]) {
      expect(input).toHaveProperty(["file_identity.native"], null);
      expect(input.message_max_bytes).toBe(template?.message_max_bytes);
    }
    expect(template).toHaveProperty(["file_identity.native"], {});
    // kubectl apply would omit null.
    expect(JSON.stringify(resourceOf("Beat"))).not.toContain("null");
  });
});

describe.skipIf(schemas === undefined)("against the CRDs in LAPSE_SCHEMAS", () => {
  it.each(elastic)("$file is valid, and would not be with a field misspelt", async ({ resource }) => {
    const check = await crdCheck(schemas ?? "", resource.apiVersion, resource.kind);
    expect(check(resource)).toEqual([]);
    expect(check({ ...resource, spec: { ...resource.spec, versoin: "1" } })).toEqual([
      "/spec must NOT have additional properties: versoin",
    ]);
  });
});

function resourceOf(kind: string): unknown {
  return resources.find(({ resource }) => resource.kind === kind)?.resource;
}

async function yaml(file: string): Promise<unknown> {
  return parse(await readFile(join(folder, file), "utf8"));
}
