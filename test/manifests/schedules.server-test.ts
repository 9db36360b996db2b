import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import * as z from "zod";

// What kustomize makes of it, by kubectl; no cluster is needed.
const root = fileURLToPath(new URL("../..", import.meta.url));
const exec = promisify(execFile);

const pingSource = z.object({
  kind: z.literal("PingSource"),
  metadata: z.object({ name: z.string() }),
  spec: z.object({ schedule: z.string(), timezone: z.string() }),
});

const desk = z.object({
  kind: z.literal("Service"),
  apiVersion: z.literal("serving.knative.dev/v1"),
  metadata: z.object({ name: z.literal("desk") }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([z.object({ env: z.array(z.object({ name: z.string(), value: z.string().optional() })) })]),
      }),
    }),
  }),
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(root, "deploy", "with-schedules-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** What the desk is told, and what the PingSources have. */
async function schedulesOf(path: string): Promise<{ told: string | undefined; own: string }> {
  const { stdout } = await exec("kubectl", ["kustomize", path], { maxBuffer: 64 * 1024 * 1024 });
  const resources = parseAllDocuments(stdout).map((document): unknown => document.toJS());
  const sources = resources.flatMap((resource) => pingSource.safeParse(resource).data ?? []);
  const [service] = resources.flatMap((resource) => desk.safeParse(resource).data ?? []);
  return {
    told: service?.spec.template.spec.containers[0].env.find(({ name }) => name === "SCHEDULES")?.value,
    own: sources
      .map(({ metadata, spec }) => `${metadata.name};${spec.schedule};${spec.timezone}`)
      .sort()
      .join(";"),
  };
}

it.each(["knative", "deploy/trial", "deploy/production"])(
  "%s tells the desk the schedules that it has",
  async (path) => {
    const { told, own } = await schedulesOf(join(root, path));
    expect(own).toMatch(/^features;[^;]+;UTC;train;[^;]+;UTC$/);
    expect(told).toBe(own);
  },
);

it("an overlay that changes a schedule changes what the desk tells, too", async () => {
  await mkdir(join(folder, "hours"));
  const api = "apiVersion: kustomize.config.k8s.io";
  await writeFile(
    join(folder, "kustomization.yaml"),
    `${api}/v1beta1\nkind: Kustomization\nresources: [../production]\ncomponents: [hours, ../schedules]\n`,
  );
  await writeFile(
    join(folder, "hours", "kustomization.yaml"),
    `${api}/v1alpha1
kind: Component
patches:
  - target: { kind: PingSource, name: train }
    patch: |
      - { op: replace, path: /spec/schedule, value: "15 4 * * 1-5" }
      - { op: replace, path: /spec/timezone, value: Europe/Berlin }
`,
  );
  const { told, own } = await schedulesOf(folder);
  expect(own).toContain("train;15 4 * * 1-5;Europe/Berlin");
  expect(told).toBe(own);
});
