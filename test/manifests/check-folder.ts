import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import * as z from "zod";

const exec = promisify(execFile);

/** What is applied to a cluster as a whole. Together they have every kustomization of lapse, as rendered-folders.test.ts checks. */
export const renderedFolders = [
  "deploy/trial",
  "deploy/production",
  "deploy/gateway",
  "deploy/minio/policies",
  "observability",
  "logging",
  "test/cluster/overlays/add-ons",
  "test/cluster/overlays/canary",
  "test/cluster/overlays/event-authentication",
  "test/cluster/overlays/standard",
  "test/cluster/overlays/train-job",
];

/** Kinds of operators that the test cluster does not have: checked against the operators' own schemas in crds.test.ts and observability/. */
const absentKinds = "Beat,Elasticsearch,Kibana,Logstash,PodMonitor,PrometheusRule,ServiceMonitor";

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

export interface CheckPrograms {
  readonly kubeconform: string;
  readonly kubeScore: string;
  /** A folder with a schema of each kind that a cluster knows; without it, Kubernetes' published ones, which lack all custom kinds. */
  readonly kinds?: string | undefined;
}

/** The manifests of a folder of the project, as `kubectl apply --kustomize` would send them. */
export async function rendered(folder: string): Promise<string> {
  const path = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
  return (await exec("kubectl", ["kustomize", path], { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/**
 * What kubeconform, kube-score and `cutOff` find in the manifests of each folder: nothing, if all is well. Throws an Error if one of the
 * programs cannot be run. All folders at once, since kubeconform takes seconds of a processor for the schemas before it looks at a manifest.
 */
export async function faultsOf(
  manifests: ReadonlyMap<string, string>,
  { kubeconform, kubeScore, kinds }: CheckPrograms,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const directory = await mkdtemp(join(tmpdir(), "lapse-manifests-"));
  try {
    const files = Array.from(manifests, ([folder, text], i) => ({ folder, text, file: join(directory, `${i}.yaml`) }));
    for (const { file, text } of files) await writeFile(file, text);
    const schemas =
      kinds === undefined
        ? ["-ignore-missing-schemas"]
        : ["-skip", absentKinds, "-schema-location", `${kinds}/{{.ResourceKind}}{{.KindSuffix}}.json`];
    const paths = files.map(({ file }) => file);
    // One after the other: several at once each prepare the schemas that they need, also the same ones.
    const how = ["-strict", "-n", "1", "-verbose", "-output", "json"];
    const conform = await outputOf(kubeconform, [...how, ...schemas, ...paths]);
    const { resources } = conformed.parse(JSON.parse(conform));
    const faults = new Map<string, readonly string[]>();
    for (const { folder, file, text } of files) {
      const score = await outputOf(kubeScore, ["score", "--output-format=ci", ...answered, file]);
      faults.set(folder, [
        ...unlikeSchemas(resources.filter(({ filename }) => filename === file)),
        ...score.split("\n").filter((line) => /^\[(CRITICAL|WARNING)\]/.test(line)),
        ...cutOff(text),
      ]);
    }
    return faults;
  } finally {
    await rm(directory, { recursive: true });
  }
}

const conformed = z.object({
  resources: z.array(
    z.object({ filename: z.string(), kind: z.string(), name: z.string(), status: z.string(), msg: z.string() }),
  ),
});

/** What kubeconform says of the manifests of a file that are unlike their schemas, or that none was like one. */
function unlikeSchemas(found: z.infer<typeof conformed>["resources"]): string[] {
  const unlike = found.filter(({ status }) => status !== "statusValid" && status !== "statusSkipped");
  if (found.some(({ status }) => status === "statusValid") || unlike.length > 0)
    return unlike.map(({ kind, name, msg }) => `${kind} ${name}: ${msg}`);
  return ["kubeconform found no manifest that is like its schema"];
}

const fullDuplex = z.object({ "features.knative.dev/http-full-duplex": z.literal("Enabled") });
/** Whose pods Knative's proxies stand before, by kind and group, and where the annotations of these pods are. */
const served = new Map<string, z.ZodType>([
  [
    "Service serving.knative.dev",
    z.object({ spec: z.object({ template: z.object({ metadata: z.object({ annotations: fullDuplex }) }) }) }),
  ],
  [
    "InferenceService serving.kserve.io",
    z.object({ spec: z.object({ predictor: z.object({ annotations: fullDuplex }) }) }),
  ],
]);
const named = z.object({ apiVersion: z.string(), kind: z.string(), metadata: z.object({ name: z.string() }) });

/** What Knative's proxies would cut responses off of, as knative/kustomization.yaml tells. */
export function cutOff(manifests: string): string[] {
  return parseAllDocuments(manifests).flatMap((document) => {
    const manifest: unknown = document.toJS();
    const { apiVersion, kind, metadata } = named.parse(manifest);
    const annotated = served.get(`${kind} ${apiVersion.split("/")[0]}`);
    if (annotated === undefined || annotated.safeParse(manifest).success) return [];
    return [`${kind} ${metadata.name} lacks the annotation features.knative.dev/http-full-duplex: Enabled`];
  });
}

/** What a program prints, also if it ends with the status that says that it found something. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await exec(program, [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const ended = foundSomething.safeParse(error);
    if (!ended.success) throw error;
    return ended.data.stdout;
  }
}

const foundSomething = z.object({ code: z.int(), stdout: z.string().min(1) });
