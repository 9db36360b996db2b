import { kubectl, overlay } from "./kubectl.ts";

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
  await ready("available", "deployment/commands");
  console.log(`Everything is Ready ${((Date.now() - began) / 1000).toFixed(0)} s after it was applied.`);
}

export async function teardown(): Promise<void> {
  if (process.env.KUBECONFIG && !process.env.LAPSE_CLUSTER_KEEP) await remove();
}

function remove(): Promise<string> {
  return kubectl("delete", "--kustomize", overlay("plain"), "--ignore-not-found", "--timeout=240s");
}
