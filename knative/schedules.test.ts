import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import type { Manifests } from "#local/manifests.ts";
import { readManifests } from "#local/read-manifests.ts";
import { parseConfig } from "#runtime/config.ts";
import { scheduleSettings } from "#runtime/schedules.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const kustomization = z.object({
  components: z.array(z.string()).default([]),
  patches: z.array(z.object({ target: z.object({ kind: z.string().optional() }).default({}) })).default([]),
});

/** As strict as what kustomize does with it is simple: a part of one value is replaced by another value. */
const replacements = z.array(
  z.strictObject({
    source: z.strictObject({
      kind: z.literal("PingSource"),
      name: z.string(),
      fieldPath: z.enum(["spec.schedule", "spec.timezone"]),
    }),
    targets: z.tuple([
      z.strictObject({
        select: z.strictObject({
          group: z.literal("serving.knative.dev"),
          kind: z.literal("Service"),
          name: z.literal("desk"),
        }),
        fieldPaths: z.tuple([z.literal("spec.template.spec.containers.0.env.[name=SCHEDULES].value")]),
        options: z.strictObject({ delimiter: z.literal(";"), index: z.int() }),
      }),
    ]),
  }),
);

const deskService = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([z.object({ env: z.array(z.object({ name: z.string(), value: z.string().optional() })) })]),
      }),
    }),
  }),
});

let manifests: Manifests;

beforeAll(async () => {
  manifests = await readManifests(join(root, "knative"));
});

async function document(path: string): Promise<unknown> {
  return parse(await readFile(join(root, path), "utf8"));
}

it("the desk is told the schedule of every PingSource by the PingSource itself", async () => {
  const { replacements: all } = z.object({ replacements }).parse(await document("deploy/schedules/kustomization.yaml"));
  const [{ env }] = deskService.parse(await document("knative/services/desk.yaml")).spec.template.spec.containers;
  const parts = env.find(({ name }) => name === "SCHEDULES")?.value?.split(";") ?? [];
  // Names alone are written there; what is a schedule or a time zone would be another copy of it.
  expect(parts).toEqual(manifests.pingSources.flatMap(({ name }) => [name, "schedule", "timezone"]));
  for (const { source, targets } of all) {
    const from = manifests.pingSources.find(({ name }) => name === source.name);
    parts[targets[0].options.index] = (source.fieldPath === "spec.schedule" ? from?.schedule : from?.timezone) ?? "";
  }
  const told = parseConfig(z.object(scheduleSettings), { SCHEDULES: parts.join(";") }).SCHEDULES;
  expect(told).toEqual(manifests.pingSources.map(({ name, schedule, timezone }) => ({ name, schedule, timezone })));
});

it("no folder changes a PingSource without telling the desk", async () => {
  expect(kustomization.parse(await document("knative/kustomization.yaml")).components).toContain("../deploy/schedules");
  const tops = ["deploy", "knative", "kserve", "observability", "logging", "test/cluster/overlays"];
  const files = (
    await Promise.all(
      tops.map(async (top) =>
        (
          await readdir(join(root, top), { recursive: true })
        )
          .filter((name) => name.endsWith("kustomization.yaml"))
          .map((name) => join(top, name)),
      ),
    )
  ).flat();
  expect(files.length).toBeGreaterThan(15);
  for (const file of files) {
    const { patches } = kustomization.parse(await document(file));
    expect(
      patches.filter(({ target }) => target.kind === "PingSource"),
      file,
    ).toEqual([]);
  }
});
