import { kubectl, kubectlAnywhere, podsOf } from "./kubectl.ts";
import { authorization, type Statistic, statisticOf } from "./state.ts";

/**
 * Deletes all pods of a Knative Service, as if their node were lost: they have two seconds to end instead of their grace
 * period. Returns how many.
 */
export async function killPodsOf(service: string): Promise<number> {
  const pods = await podsOf(service);
  if (pods.length > 0) await kubectl("delete", "pod", ...pods, "--grace-period=0", "--force");
  return pods.length;
}

/** What shows in Elasticsearch that a function is at work: this statistic rises above `before`. */
export interface Sign {
  readonly index: string;
  readonly statistic: Statistic;
  readonly before: number;
}

export async function signOfWork(index: string, statistic: Statistic): Promise<Sign> {
  return { index, statistic, before: await statisticOf(index, statistic) };
}

/**
 * Kills a function in the middle of its work: stops its process as soon as the sign shows, and kills its pod. Returns false if
 * the work was finished by then (`isUnfinished`, called while the process is stopped), and lets it continue instead.
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
  // A stopped process cannot act on SIGTERM, and the kubelet kills it two seconds later. Every process was stopped, also in
  // pods that were terminating.
  const selector = `serving.knative.dev/service=${service}`;
  await kubectl("delete", "pod", "--selector", selector, "--grace-period=0", "--force");
  return true;
}

/** Kills a store's process with SIGKILL. The kubelet restarts it on the same data. */
export async function killStore(pod: string, program: string): Promise<void> {
  const restarts = () => kubectl("get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].restartCount}");
  const before = await restarts();
  await signal("SIGKILL", `\\S*/${program} .*`);
  const end = Date.now() + 60_000;
  while ((await restarts()) === before) {
    if (Date.now() > end) throw new Error(`${pod} was not restarted.`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Runs besides/signal.ts on the node. Throws if no process matches. */
export async function signal(...args: string[]): Promise<void> {
  const program = ["env", `AUTHORIZATION=${await authorization()}`, "node", "/programs/signal.ts"];
  await kubectlAnywhere("--namespace", "lapse-tests", "exec", "processes", "--", ...program, ...args);
}
