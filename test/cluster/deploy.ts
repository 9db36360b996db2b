import { kubectl, overlay } from "./kubectl.ts";
import { eventually } from "./requests.ts";

/**
 * Applies the overlay to a cluster that has no lapse, and waits until all of it is Ready; nothing is done by hand. With
 * LAPSE_CLUSTER_KEEP set it stays afterwards, for a look at it.
 */
export async function setup(): Promise<void> {
  if (!process.env.KUBECONFIG)
    throw new Error("The suites on a real cluster need KUBECONFIG (and kubectl): nothing was tested.");
  await remove();
  const began = Date.now();
  await kubectl("apply", "--kustomize", overlay("plain"));
  const ready = async (condition: string, ...what: string[]) =>
    kubectl("wait", `--for=condition=${condition}`, "--timeout=240s", ...what);
  await ready("complete", "job/set-up");
  for (const kind of ["ksvc", "inferenceservice", "broker", "trigger", "pingsource"])
    await ready("ready", kind, "--all");
  await ready("ready", "pod/processes");
  await ready("available", "deployment/commands");
  console.log(`Everything is Ready ${((Date.now() - began) / 1000).toFixed(0)} s after it was applied.`);
}

export async function teardown(): Promise<void> {
  if (process.env.KUBECONFIG && !process.env.LAPSE_CLUSTER_KEEP) await remove();
}

/**
 * Pods first. While a pod is ending, Kubernetes looks at its namespace again only after half of the time that the pod may
 * take, and for functions of the night that is 600 s.
 */
async function remove(): Promise<void> {
  const ifThere = ["--ignore-not-found", "--timeout=120s"];
  await kubectl("delete", "ksvc,inferenceservice,deployment,statefulset,job,pod", "--all", "--wait=false", ...ifThere);
  await eventually(async () => {
    await kubectl("delete", "pods", "--all", "--grace-period=0", "--force", ...ifThere);
    const left = await kubectl("get", "pods", "--output", "name");
    if (left !== "") throw new Error(`Pods did not go: ${left}`);
  }, 60);
  await kubectl("delete", "--kustomize", overlay("plain"), ...ifThere);
}
