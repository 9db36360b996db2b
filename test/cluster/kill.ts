import { kubectl, podsOf } from "./kubectl.ts";

/** Ends all pods of a Knative Service at once, as a lost node would: without a word to them. Returns how many. */
export async function killPodsOf(service: string): Promise<number> {
  const pods = await podsOf(service);
  if (pods.length > 0) await kubectl("delete", "pod", ...pods, "--grace-period=0", "--force");
  return pods.length;
}

/**
 * Kills the process of a store's container with SIGKILL. The kubelet starts it again, on what it had written. A
 * process cannot kill the first one of its own namespace, so this is done from a container beside it that sees all
 * processes of the pod.
 */
export async function killStore(pod: string, program: string): Promise<void> {
  const restarts = () => kubectl("get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].restartCount}");
  const before = await restarts();
  const script = `
    const { readdirSync, readFileSync } = require("node:fs");
    for (const pid of readdirSync("/proc").filter(Number))
      if (readFileSync("/proc/" + pid + "/comm", "utf8").trim() === ${JSON.stringify(program)}) process.kill(pid, 9);`;
  const image = await kubectl(
    "get",
    "deployment",
    "commands",
    "-o",
    "jsonpath={.spec.template.spec.containers[0].image}",
  );
  await kubectl(
    "debug",
    pod,
    "--image",
    image,
    "--image-pull-policy=IfNotPresent",
    "--profile=general",
    "--quiet",
    "--",
    "node",
    "-e",
    script,
  );
  const end = Date.now() + 60_000;
  while ((await restarts()) === before) {
    if (Date.now() > end) throw new Error(`${pod} was not started again.`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
