import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { podTargets } from "#test/observability/pod-targets.ts";
import { Prometheus } from "#test/observability/prometheus.ts";
import { type PodMonitor, scrapeConfigOf } from "#test/observability/scrape-pods.ts";
import { kubectlAnywhere } from "./kubectl.ts";

/** A Prometheus that scrapes the pods of some monitors, and is told of them here, in place of its own discovery. */
export class ClusterPrometheus {
  readonly prometheus: Prometheus;
  readonly #targets: string;
  #isOver = false;
  readonly #discovering: Promise<void>;

  private constructor(prometheus: Prometheus, targets: string) {
    this.prometheus = prometheus;
    this.#targets = targets;
    this.#discovering = this.#discover();
  }

  /** Starts the program `binary` in `folder`. */
  static async start(
    binary: string,
    folder: string,
    { monitors, namespace }: { readonly monitors: readonly PodMonitor[]; readonly namespace: string },
  ): Promise<ClusterPrometheus> {
    const targets = join(folder, "targets.json");
    await writeTargets(targets);
    const scrapeConfigs = monitors.map((monitor) => scrapeConfigOf(monitor, namespace, targets));
    return new ClusterPrometheus(await Prometheus.start(binary, folder, scrapeConfigs), targets);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#discovering;
    await this.prometheus.stop();
  }

  async #discover(): Promise<void> {
    while (!this.#isOver) {
      await pause(1_000);
      await writeTargets(this.#targets);
    }
  }
}

async function writeTargets(path: string): Promise<void> {
  // As the API server has it: kubectl would read the pods of all namespaces and write them anew, each second.
  const targets = podTargets(await kubectlAnywhere("get", "--raw", "/api/v1/pods"));
  // Replaced as a whole, since Prometheus may read it at any moment.
  await writeFile(`${path}.new`, JSON.stringify(targets));
  await rename(`${path}.new`, path);
}
