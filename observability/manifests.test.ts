import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { readPodMonitors } from "#test/observability/scrape-pods.ts";
import { crdCheck } from "#test/support/crd-schema.ts";
import { dashboards } from "./dashboards/dashboards.ts";
import { jsonName } from "./dashboards/json.ts";
import { lapseMetricsIn } from "./metrics-in.ts";
import { readRuleGroups } from "./read-rules.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const schemas = process.env.LAPSE_SCHEMAS;

const kustomizationSchema = z.object({
  resources: z.array(z.string()),
  configMapGenerator: z.array(z.looseObject({ files: z.array(z.string()).default([]) })),
});
const policySchema = z.object({
  spec: z.object({
    ingress: z.array(z.object({ from: z.unknown(), ports: z.array(z.object({ port: z.int() })) })),
  }),
});
const resourceSchema = z.looseObject({ apiVersion: z.string(), kind: z.string() });

async function parsed(...path: string[]): Promise<unknown> {
  return parse(await readFile(join(here, ...path), "utf8"));
}

const { resources, configMapGenerator } = kustomizationSchema.parse(await parsed("kustomization.yaml"));
const gateway = kustomizationSchema.parse(await parsed("pushgateway", "kustomization.yaml"));
const custom = await Promise.all(
  resources.map(async (file) => ({ file, resource: resourceSchema.parse(await parsed(file)) })),
);

describe("the kustomizations", () => {
  it("list every manifest, each once", async () => {
    const files = await Promise.all(
      ["monitors", "rules"].map(async (folder) => (await yamlIn(folder)).map((name) => `${folder}/${name}`)),
    );
    expect([...resources].sort()).toEqual(files.flat().sort());
    const own = (await yamlIn("pushgateway")).filter((name) => name !== "kustomization.yaml");
    expect([...gateway.resources].sort()).toEqual(own.sort());
  });

  it("have a ConfigMap for every dashboard", () => {
    const files = configMapGenerator.flatMap((generator) => generator.files);
    expect(files.sort()).toEqual(dashboards.map((dashboard) => `dashboards/json/${jsonName(dashboard)}`).sort());
  });

  it("run the Pushgateway without rights", async () => {
    const deployment = JSON.stringify(await parsed("pushgateway", "deployment.yaml"));
    for (const wanted of [
      '"runAsNonRoot":true',
      '"readOnlyRootFilesystem":true',
      '"allowPrivilegeEscalation":false',
      '"drop":["ALL"]',
      '"automountServiceAccountToken":false',
    ])
      expect(deployment).toContain(wanted);
  });
});

describe("the monitors of RabbitMQ's Broker", () => {
  it("ask for metrics at the port that its network policy lets Prometheus in at", async () => {
    const policy = policySchema.parse(await parsed("..", "deploy", "rabbitmq", "network-policy.yaml"));
    const isPrometheus = ({ from }: (typeof policy.spec.ingress)[number]) =>
      JSON.stringify(from).includes('"kubernetes.io/metadata.name":"monitoring"');
    const ports = policy.spec.ingress.filter(isPrometheus).flatMap(({ ports: open }) => open.map(({ port }) => port));
    const monitors = (await readPodMonitors()).filter(({ metadata }) => metadata.name.startsWith("rabbitmq-"));
    const asked = monitors.map(({ spec: { podMetricsEndpoints } }) =>
      podMetricsEndpoints[0].relabelings.find(({ targetLabel }) => targetLabel === "__address__"),
    );
    expect(asked.map((relabeling) => relabeling?.replacement)).toEqual(
      ports.flatMap((port) => [`$1:${port}`, `$1:${port}`]),
    );
    expect(monitors.map(({ spec }) => spec.selector.matchExpressions[0])).toEqual(
      ["dispatcher", "ingress"].map((role) => expect.objectContaining({ values: [role] })),
    );
  });
});

async function yamlIn(folder: string): Promise<string[]> {
  return (await readdir(join(here, folder))).filter((name) => name.endsWith(".yaml"));
}

describe("rules and dashboards", () => {
  it("ask only for metrics that the code has, or that a rule records", async () => {
    const page = await readFile(join(here, "..", "docs", "metrics.md"), "utf8");
    const groups = await readRuleGroups();
    const rules = groups.flatMap((group) => group.rules);
    const known = new Set([
      ...[...page.matchAll(/`(lapse_[a-z0-9_]+)`/g)].map(([, name]) => name),
      ...rules.flatMap((rule) => ("record" in rule ? [rule.record] : [])),
    ]);
    const queries = dashboards.flatMap(({ rows }) => rows.flatMap(({ panels }) => panels.flatMap((p) => p.queries)));
    const asked = new Set([...rules, ...queries].flatMap(({ expr }) => lapseMetricsIn(expr)));
    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
    expect(asked.size).toBeGreaterThan(40);
  });
});

if (schemas === undefined)
  console.warn("LAPSE_SCHEMAS is not set to a folder of CRDs: monitors and rules are NOT checked against them.");

describe.skipIf(schemas === undefined)("against the CRDs in LAPSE_SCHEMAS", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lapse-crds-"));
    for (const kind of new Set(custom.map(({ resource }) => resource.kind))) {
      const name = `monitoring.coreos.com_${kind}.yaml`;
      const crd = await readFile(join(schemas ?? "", name), "utf8");
      // Go's inline flag, which ECMAScript lacks. No field that we use has such a pattern.
      await writeFile(join(folder, name), crd.replaceAll("^(?i)", "^"));
    }
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each(custom)("$file is valid, and would not be with a field misspelt", async ({ resource }) => {
    const check = await crdCheck(folder, resource.apiVersion, resource.kind);
    expect(check(resource)).toEqual([]);
    expect(check({ ...resource, sepc: {} })).toEqual(["/ must NOT have additional properties: sepc"]);
  });
});
