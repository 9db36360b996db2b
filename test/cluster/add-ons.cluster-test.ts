import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { kubectlAnywhere } from "./kubectl.ts";

/** A folder with the CRDs of the operators that observability/ and logging/ need, by which the API server checks them. */
const schemas = process.env.LAPSE_SCHEMAS ?? "";
const definitions: string[] = [];

beforeAll(async () => {
  if (schemas === "")
    throw new Error("LAPSE_SCHEMAS must name a folder with CRDs: observability/ and logging/ were not tested.");
  const ofOperators = readdirSync(schemas).filter((file) => /(coreos\.com|k8s\.elastic\.co)_.*\.yaml$/.test(file));
  definitions.push(...ofOperators.flatMap((file) => ["--filename", `${schemas}/${file}`]));
  await kubectlAnywhere("apply", "--server-side", ...definitions);
  await kubectlAnywhere("wait", "--for=condition=established", "--timeout=120s", ...definitions);
});

afterAll(() => kubectlAnywhere("delete", "--ignore-not-found", "--timeout=120s", ...definitions));

it.each(["observability", "logging"])(
  "%s/ is accepted by the API server, and not changed by a second apply",
  async (name) => {
    const folder = fileURLToPath(new URL(`../../${name}`, import.meta.url));
    try {
      const applied = await kubectlAnywhere("apply", "--validate=strict", "--kustomize", folder);
      expect(applied.split("\n").filter((line) => line.endsWith(" created")).length).toBeGreaterThan(10);
      expect(await kubectlAnywhere("diff", "--kustomize", folder)).toBe("");
    } finally {
      await kubectlAnywhere("delete", "--kustomize", folder, "--ignore-not-found", "--timeout=120s");
    }
  },
);
