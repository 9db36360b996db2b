import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Runs kubectl and returns its output. Throws with its message if it fails; while a webhook of Knative is being started again,
 * without which nothing can be changed, only after the fifth time.
 */
export async function kubectlAnywhere(...args: string[]): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await run("kubectl", args, { maxBuffer: 64 * 1024 * 1024, timeout: 300_000 })).stdout.trim();
    } catch (error) {
      if (!/failed calling webhook/.test(String(error)) || tries === 5) throw error;
    }
    await pause(3_000);
  }
}

/** Runs kubectl in the namespace lapse. */
export function kubectl(...args: string[]): Promise<string> {
  return kubectlAnywhere("--namespace", "lapse", ...args);
}

/** Runs a command of the image beside the stores, as an operator would. */
export function command(name: string, ...args: string[]): Promise<string> {
  return kubectl("exec", "deployment/commands", "--", "lapse", name, ...args);
}

/** How often the containers of Knative's eventing, which holds what the Broker has accepted, have been started again. */
export async function restartsOfEventing(): Promise<number> {
  const counts = "jsonpath={.items[*].status.containerStatuses[*].restartCount}";
  const found = await kubectlAnywhere("--namespace", "knative-eventing", "get", "pods", "--output", counts);
  return found.split(" ").reduce((sum, count) => sum + Number(count), 0);
}

/** The pods of a Knative Service, without terminating ones. */
export async function podsOf(service: string): Promise<string[]> {
  const selector = `serving.knative.dev/service=${service}`;
  const template = "{range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{'\\n'}{end}";
  const lines = (await kubectl("get", "pods", "--selector", selector, "--output", `jsonpath=${template}`)).split("\n");
  return lines.flatMap((line) => /^(\S+)\s*$/.exec(line)?.[1] ?? []);
}
