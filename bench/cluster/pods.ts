import { kubectl } from "../../deploy/cluster-test/kubectl.ts";

export interface PodCount {
  readonly ready: number;
  /** Those that start or end as well. */
  readonly all: number;
}

/** How many pods a Knative Service has now. */
export async function countPods(service: string): Promise<PodCount> {
  const template = "{range .items[*]}{.status.conditions[?(@.type=='Ready')].status}{'\\n'}{end}";
  const selector = `serving.knative.dev/service=${service}`;
  const lines = (await kubectl("get", "pods", "--selector", selector, "-o", `jsonpath=${template}`)).split("\n");
  const all = lines.filter((line) => line !== "");
  return { ready: all.filter((line) => line === "True").length, all: all.length };
}
