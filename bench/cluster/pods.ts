import { setTimeout as pause } from "node:timers/promises";
import { kubectl } from "#test/cluster/kubectl.ts";

interface PodCount {
  readonly ready: number;
  /** Those that start or end as well. */
  readonly all: number;
}

/** Counts the pods of a Knative Service twice a second, until it is stopped. */
export class PodWatch {
  /** `at` by the clock that the constructor is given. */
  readonly counts: (PodCount & { readonly at: number })[] = [];
  readonly #watching: Promise<void>;
  #isOver = false;

  constructor(service: string, now: () => number) {
    this.#watching = this.#watch(service, now);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#watching;
  }

  async #watch(service: string, now: () => number): Promise<void> {
    while (!this.#isOver) {
      this.counts.push({ at: now(), ...(await countPods(service)) });
      await pause(500);
    }
  }
}

/** Waits until none of the services has a pod, not even one on its way out. */
export async function untilAsleep(...services: readonly string[]): Promise<void> {
  while ((await Promise.all(services.map(countPods))).some(({ all }) => all > 0)) await pause(1000);
}

async function countPods(service: string): Promise<PodCount> {
  const template = "{range .items[*]}{.status.conditions[?(@.type=='Ready')].status}{'\\n'}{end}";
  const selector = `serving.knative.dev/service=${service}`;
  const lines = (await kubectl("get", "pods", "--selector", selector, "-o", `jsonpath=${template}`)).split("\n");
  const all = lines.filter((line) => line !== "");
  return { ready: all.filter((line) => line === "True").length, all: all.length };
}
