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

/** What kubeconform, kube-score and `cutOff` find in manifests: nothing, if all is well. Throws an Error if one of them cannot be run. */
export async function faultsOf(manifests: string, { kubeconform, kubeScore, kinds }: CheckPrograms): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "lapse-manifests-"));
  try {
    const file = join(folder, "all.yaml");
    await writeFile(file, manifests);
    const schemas =
      kinds === undefined
        ? ["-ignore-missing-schemas"]
        : ["-skip", absentKinds, "-schema-location", `${kinds}/{{.ResourceKind}}{{.KindSuffix}}.json`];
    const conform = await outputOf(kubeconform, ["-strict", "-summary", ...schemas, file]);
    const score = await outputOf(kubeScore, ["score", "--output-format=ci", ...answered, file]);
    const valid = Number(/Valid: (\d+)/.exec(conform)?.[1] ?? 0);
    return [
      ...(valid > 0 && /Invalid: 0, Errors: 0/.test(conform) ? [] : conform.trim().split("\n")),
      ...score.split("\n").filter((line) => /^\[(CRITICAL|WARNING)\]/.test(line)),
      ...cutOff(manifests),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
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
    return (await exec(program, [...args])).stdout;
  } catch (error) {
    const ended = foundSomething.safeParse(error);
    if (!ended.success) throw error;
    return ended.data.stdout;
  }
}

const foundSomething = z.object({ code: z.int(), stdout: z.string().min(1) });
