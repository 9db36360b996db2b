import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { faultsOf, rendered, renderedFolders } from "#test/manifests/check-folder.ts";
import { kubectlAnywhere } from "./kubectl.ts";

const { KUBECONFORM = "", KUBE_SCORE = "", LAPSE_KINDS = "" } = process.env;

// The trial and overlays of it are applied by other tests, and their Jobs cannot be changed. The operators of the others are not there.
const untried = /^(deploy\/trial|observability|logging|test\/cluster\/overlays\/(?!add-ons).*)$/;

const manifests = new Map<string, string>();
let faults: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  for (const [name, value] of Object.entries({ KUBECONFORM, KUBE_SCORE, LAPSE_KINDS }))
    if (value === "") throw new Error(`${name} is not set: the manifests were not checked.`);
  for (const name of renderedFolders) manifests.set(name, await rendered(name));
  faults = await faultsOf(manifests, { kubeconform: KUBECONFORM, kubeScore: KUBE_SCORE, kinds: LAPSE_KINDS });
});

describe.each(renderedFolders)("%s", (name) => {
  it("has no field that its kind does not know, and satisfies kube-score", () => {
    expect(faults.get(name)).toEqual([]);
  });

  it.skipIf(untried.test(name))("is taken by the webhooks of Kubernetes, Knative and KServe", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lapse-dry-run-"));
    const file = join(folder, "all.yaml");
    await writeFile(file, manifests.get(name) ?? "");
    expect(await kubectlAnywhere("apply", "--dry-run=server", "--filename", file)).toContain("(server dry run)");
    await rm(folder, { recursive: true });
  });
});
