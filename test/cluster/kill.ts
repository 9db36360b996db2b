import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { command, kubectl, kubectlAnywhere, podsOf } from "./kubectl.ts";
import { eventually, type Reply } from "./requests.ts";
import { authorization, type Statistic, statisticOf } from "./state.ts";

/**
 * Deletes all pods of a Knative Service, as if their node were lost: they have two seconds to end instead of their grace
 * period. Returns their addresses.
 */
export async function killPodsOf(service: string): Promise<string[]> {
  const pods = await podsOf(service);
  if (pods.length === 0) return [];
  const addresses = await kubectl("get", "pod", ...pods, "--ignore-not-found", `--output=jsonpath=${addressesOfPods}`);
  await kubectl("delete", "pod", ...pods, "--ignore-not-found", "--grace-period=0", "--force");
  return addresses.split(" ").filter((address) => address !== "");
}

/** Deletes pods as Kubernetes does it to those of a node that is lost. */
export function killPods(namespace: string, ...which: string[]): Promise<string> {
  return kubectlAnywhere("--namespace", namespace, "delete", "pod", ...which, "--grace-period=0", "--force");
}

/** Kills the ingress of a Broker of the class RabbitMQBroker. */
export function killIngressOfBroker(): Promise<string> {
  return killPods("lapse", "--selector=eventing.knative.dev/brokerRole=ingress");
}

/** Kills the pods that deliver the events of a Trigger, and those that become dead letters, with a RabbitMQBroker. */
export async function killDispatchers(trigger: string): Promise<void> {
  const selector = "--selector=eventing.knative.dev/brokerRole=dispatcher";
  const pods = (await kubectl("get", "pods", selector, "--output=name")).split("\n");
  const own = pods.filter((pod) => new RegExp(`^pod/${trigger}-(dlx-)?dispatcher-`).test(pod));
  if (own.length === 0) throw new Error(`No pod delivers the events of the Trigger ${trigger}.`);
  await kubectl("delete", ...own, "--ignore-not-found", "--grace-period=0", "--force");
}

/** Ends RabbitMQ. It is started again on the same data. */
export function killRabbitMq(): Promise<string> {
  return kubectlAnywhere("--namespace=rabbitmq-system", "delete", "pod", "rabbitmq-0", "--grace-period=1");
}

const addressesOfPods = "{range .items[*]}{.status.podIP} {end}{.status.podIP}";

/**
 * Waits until requests reach living pods only: no Service leads to the addresses of those that were killed, and `ask` has been
 * answered with 200 for three seconds without a break. One good answer alone may come from another pod, while gateway and
 * activator still send the next request to one that is gone.
 */
export async function untilRouted(ask: () => Promise<Reply>, killed: readonly string[]): Promise<void> {
  await eventually(async () => {
    const led = (await endpoints()).filter((address) => killed.includes(address));
    if (led.length > 0) throw new Error(`Services still lead to killed pods: ${led.join(", ")}.`);
  });
  const end = Date.now() + 180_000;
  for (let since = Date.now(); Date.now() - since < 3_000; ) {
    const reply = await ask().catch((error: unknown) => ({ status: 0, body: String(error) }));
    if (reply.status === 200) {
      await pause(20);
      continue;
    }
    if (Date.now() > end) throw new Error(`Not answered: ${reply.status} ${JSON.stringify(reply.body)}`);
    await pause(300);
    since = Date.now();
  }
}

/** The addresses to which the Services of lapse's namespace lead. */
async function endpoints(): Promise<string[]> {
  const { items } = slicesSchema.parse(JSON.parse(await kubectl("get", "endpointslices", "--output=json")));
  return items.flatMap(({ endpoints }) => (endpoints ?? []).flatMap(({ addresses }) => addresses));
}

const slicesSchema = z.object({
  items: z.array(z.object({ endpoints: z.array(z.object({ addresses: z.array(z.string()) })).nullish() })),
});

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
  const pattern = `node dist/run\\.cjs ${service}`;
  await signal("SIGSTOP", pattern, index, statistic, `${before}`).catch(async (cause: unknown) => {
    // Most likely what it waits for has been given up.
    throw new Error(`${service} was not seen at work. ${await command("dead-letters", "list")}`, { cause });
  });
  if (!(await isUnfinished())) {
    await signal("SIGCONT", pattern);
    return false;
  }
  const selector = `serving.knative.dev/service=${service}`;
  await kubectl("delete", "pod", "--selector", selector, "--grace-period=0", "--force");
  // A stopped process cannot act on SIGTERM. The kubelet kills it two seconds later, but in pods that Knative was removing already only
  // after their whole grace period, until which their proxies keep who has sent the work waiting.
  await signal("stopped=SIGKILL", pattern);
  return true;
}

/** Repeats an attempt until it returns true: its kills were in time. A function may end before it is stopped. */
export async function untilInTime(attempt: (number: number) => Promise<boolean>): Promise<void> {
  for (let number = 0; number < 5; number++) if (await attempt(number)) return;
  throw new Error("Each time, the function had ended before it was killed.");
}

/** Kills a store's process with SIGKILL. The kubelet restarts it on the same data. */
export async function killStore(pod: string, program: string): Promise<void> {
  const restarts = () => kubectl("get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].restartCount}");
  const before = await restarts();
  await signal("SIGKILL", `\\S*/${program} .*`);
  const end = Date.now() + 120_000;
  while ((await restarts()) === before) {
    if (Date.now() > end) throw new Error(`${pod} was not restarted.`);
    await pause(500);
  }
}

/** Runs besides/signal.ts on the node. Throws if no process matches. */
export async function signal(...args: string[]): Promise<void> {
  const program = ["env", `AUTHORIZATION=${await authorization()}`, "node", "/programs/signal.ts"];
  await kubectlAnywhere("--namespace", "lapse-tests", "exec", "processes", "--", ...program, ...args);
}
