import { kubectl, podsOf } from "./kubectl.ts";
import { type Statistic, statisticOf } from "./state.ts";

/** Deletes all pods of a Knative Service at once and without waiting for their work, as for a lost node. Returns how many. */
export async function killPodsOf(service: string): Promise<number> {
  const pods = await podsOf(service);
  if (pods.length > 0) await kubectl("delete", "pod", ...pods, "--grace-period=0", "--force");
  return pods.length;
}

/** A sign in Elasticsearch that a function is at work: the statistic rises above what it was. */
export interface Sign {
  readonly index: string;
  readonly statistic: Statistic;
  readonly before: number;
}

export async function signOfWork(index: string, statistic: Statistic): Promise<Sign> {
  return { index, statistic, before: await statisticOf(index, statistic) };
}

/**
 * Kills a function in the middle of its work: stops its process as soon as there is a sign of it, and kills the pod without
 * letting it go on. Returns false if the work was done already (`isUnfinished`, asked while the process stands still); then
 * it goes on instead.
 */
export async function killAtWork(
  service: string,
  { index, statistic, before }: Sign,
  isUnfinished: () => Promise<boolean>,
): Promise<boolean> {
  const command = `node dist/run\\.cjs ${service}`;
  await signal("SIGSTOP", command, index, statistic, `${before}`);
  if (!(await isUnfinished())) {
    await signal("SIGCONT", command);
    return false;
  }
  // A process that is stopped does not see that it should end; the kubelet kills it two seconds later.
  await killPodsOf(service);
  return true;
}

/** Kills a store's process with SIGKILL. The kubelet starts it again, on what it had written. */
export async function killStore(pod: string, program: string): Promise<void> {
  const restarts = () => kubectl("get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].restartCount}");
  const before = await restarts();
  await signal("SIGKILL", `\\S*/${program} .*`);
  const end = Date.now() + 60_000;
  while ((await restarts()) === before) {
    if (Date.now() > end) throw new Error(`${pod} was not started again.`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Runs overlays/plain/processes/signal.ts on the node. */
async function signal(...args: string[]): Promise<void> {
  await kubectl("exec", "processes", "--", "node", "/programs/signal.ts", ...args);
}
