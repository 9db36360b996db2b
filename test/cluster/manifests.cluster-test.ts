import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectlAnywhere } from "./kubectl.ts";

const exec = promisify(execFile);
const { KUBECONFORM = "", KUBE_SCORE = "", LAPSE_KINDS = "" } = process.env;

const folders = ["deploy/trial", "deploy/production", "deploy/gateway"];

/** What kube-score finds that is meant so. */
const answered = [
  // Images have tags that never move, or digests; asking the registry at each cold start would only slow it.
  "--ignore-test=container-image-pull-policy",
  // Images come with users of their own, and volumes and files that belong to these.
  "--ignore-test=container-security-context-user-group-id",
  // A limit of CPU would slow every start; requests share the CPU out.
  "--ignore-container-cpu-limit",
  // The pods of Knative and KServe are made by these.
  "--ignore-test=networkpolicy-targets-pod",
  // Elasticsearch writes into folders of its own.
  "--ignore-test=container-security-context-readonlyrootfilesystem",
];

let folder: string;

beforeAll(async () => {
  for (const [name, value] of Object.entries({ KUBECONFORM, KUBE_SCORE, LAPSE_KINDS }))
    if (value === "") throw new Error(`${name} is not set: the manifests were not checked.`);
  folder = await mkdtemp(join(tmpdir(), "lapse-manifests-"));
});

afterAll(() => rm(folder, { recursive: true }));

describe.each(folders)("%s", (name) => {
  let file: string;

  beforeAll(async () => {
    file = join(folder, `${name.replaceAll("/", "-")}.yaml`);
    await writeFile(file, await kubectlAnywhere("kustomize", fileURLToPath(new URL(`../../${name}`, import.meta.url))));
  });

  it("has no field that its kind does not know", async () => {
    const schemas = `${LAPSE_KINDS}/{{.ResourceKind}}{{.KindSuffix}}.json`;
    const { stdout } = await exec(KUBECONFORM, ["-strict", "-summary", "-schema-location", schemas, file]);
    expect(stdout).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
  });

  // The trial was applied already, and its Jobs cannot be changed.
  it.skipIf(name === "deploy/trial")("is taken by the webhooks of Kubernetes, Knative and KServe", async () => {
    const taken = await kubectlAnywhere("apply", "--dry-run=server", "--filename", file);
    expect(taken).toContain("(server dry run)");
  });

  it("satisfies kube-score", async () => {
    const { stdout } = await exec(KUBE_SCORE, ["score", "--output-format=ci", ...answered, file]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout.split("\n").filter((line) => /^\[(CRITICAL|WARNING)\]/.test(line))).toEqual([]);
  });
});
