import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parse, stringify } from "yaml";
import * as z from "zod";
import { cutOff, renderedFolders } from "./check-folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const kustomizationSchema = z.object({
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
});

/** A folder and all that its kustomization takes in. */
async function reached(folder: string): Promise<string[]> {
  const text = await readFile(join(root, folder, "kustomization.yaml"), "utf8");
  const { resources, components } = kustomizationSchema.parse(parse(text));
  const others = [...resources, ...components].filter((name) => !name.endsWith(".yaml"));
  const found = await Promise.all(others.map((name) => reached(relative(root, join(root, folder, name)))));
  return [folder, ...found.flat()];
}

it("every kustomization of lapse is in a folder that is rendered and checked", async () => {
  const all = await Promise.all(
    ["deploy", "knative", "kserve", "observability", "logging"].map(async (top) =>
      (await readdir(join(root, top), { recursive: true }))
        .filter((name) => name.endsWith("kustomization.yaml"))
        .map((name) => relative(root, join(root, top, name, ".."))),
    ),
  );
  expect(all.flat().length).toBeGreaterThan(15);
  const checked = new Set((await Promise.all(renderedFolders.map(reached))).flat());
  expect(all.flat().filter((folder) => !checked.has(folder))).toEqual([]);
});

it("finds services whose responses Knative would cut off", async () => {
  const service = (annotations: object) =>
    stringify({
      apiVersion: "serving.knative.dev/v1",
      kind: "Service",
      metadata: { name: "ingest" },
      spec: { template: { metadata: { annotations } } },
    });
  const whole = { "features.knative.dev/http-full-duplex": "Enabled" };
  const secret = stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "keys" } });
  expect(cutOff([service(whole), secret].join("---\n"))).toEqual([]);
  expect(cutOff([secret, service({})].join("---\n"))).toEqual([
    "Service ingest lacks the annotation features.knative.dev/http-full-duplex: Enabled",
  ]);
  expect(cutOff(await readFile(join(root, "kserve/inference-service.yaml"), "utf8"))).toEqual([]);
});
