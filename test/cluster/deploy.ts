import { fileURLToPath } from "node:url";
import { tellingFailure } from "#test/support/telling-failure.ts";
import { configure, ofBroker, without } from "./handed-on.ts";
import { kubectl, kubectlAnywhere } from "./kubectl.ts";
import { brokerClass, overlay } from "./overlay.ts";
import { eventually } from "./requests.ts";

/** What the suites need on the cluster beside lapse. */
const besides = fileURLToPath(new URL("besides", import.meta.url));

/**
 * Applies the overlay to a cluster without lapse; nothing else is set up. If LAPSE_CLUSTER_KEEP is set, lapse is not removed at the
 * end, so that one can look at it.
 */
export const setup = tellingFailure(() => begin(() => kubectl("apply", "--kustomize", overlay("plain"))));

/** Removes what is there, has `apply` apply lapse, and waits until all of it is Ready. */
export async function deploy(apply: () => Promise<unknown>): Promise<void> {
  await begin(apply);
  await untilReady();
}

async function begin(apply: () => Promise<unknown>): Promise<void> {
  if (!process.env.KUBECONFIG)
    throw new Error("The tests on a real cluster need KUBECONFIG (and kubectl): nothing was tested.");
  // As overlays/plain asks for. It is known to Knative's webhook by the time that all is removed.
  const patch = JSON.stringify({ data: { "allow-zero-initial-scale": "true" } });
  await kubectlAnywhere("--namespace=knative-serving", "patch", "configmap/config-autoscaler", "--patch", patch);
  await configure("eventing", ofBroker);
  await remove();
  await apply();
  await kubectlAnywhere("apply", "--kustomize", besides);
  console.log(`The Broker is of the class ${brokerClass} (LAPSE_BROKER_CLASS).`);
}

/** Waits until all that was applied is Ready. */
export async function untilReady(): Promise<void> {
  const began = Date.now();
  const ready = async (condition: string, ...what: string[]) =>
    kubectl("wait", `--for=condition=${condition}`, "--timeout=300s", ...what);
  await ready("complete", "job/set-up");
  for (const kind of ["ksvc", "inferenceservice", "broker", "trigger", "pingsource"])
    await ready("ready", kind, "--all");
  for (const pod of ["processes", "stranger"])
    await kubectlAnywhere("wait", "--namespace=lapse-tests", "--for=condition=ready", "--timeout=60s", `pod/${pod}`);
  await ready("available", "deployment/commands");
  console.log(`Everything is Ready after ${((Date.now() - began) / 1000).toFixed(0)} s of waiting.`);
}

export async function teardown(): Promise<void> {
  if (!process.env.KUBECONFIG || process.env.LAPSE_CLUSTER_KEEP) return;
  await remove();
  await configure("eventing", without(ofBroker));
}

/**
 * Removes the pods before the namespace, and the Broker, whose controller would start its pods again, before those. While a pod
 * is ending, Kubernetes checks its namespace again only after half of the pod's grace period, which is 600 s for nightly
 * functions.
 */
async function remove(): Promise<void> {
  const ifThere = ["--ignore-not-found", "--timeout=120s"];
  await kubectl("delete", "trigger,broker", "--all", ...ifThere);
  await kubectl("delete", "ksvc,inferenceservice,deployment,statefulset,job,pod", "--all", "--wait=false", ...ifThere);
  await eventually(async () => {
    await kubectl("delete", "pods", "--all", "--grace-period=0", "--force", ...ifThere);
    const left = await kubectl("get", "pods", "--output", "name");
    if (left !== "") throw new Error(`Pods are left: ${left}`);
  });
  await kubectlAnywhere("delete", "--kustomize", besides, ...ifThere);
  await kubectlAnywhere("delete", "namespace", "lapse", ...ifThere);
}
