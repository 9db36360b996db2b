import { readdirSync, readFileSync } from "node:fs";
import { processorSecondsOf } from "../processor-seconds.ts";

/** What the processes of a node are for, by their command lines; the first that fits. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ["ingest", /run\.cjs ingest/],
  ["predictor", /run\.cjs predict/],
  ["other functions", /run\.cjs /],
  ["k6", /\/k6 /],
  ["this benchmark", /bench\/cluster|kubectl/],
  ["Elasticsearch", /elasticsearch/],
  ["RabbitMQ", /rabbit|beam\.smp|epmd/],
  ["MinIO", /minio/],
  ["queue-proxies", /\/ko-app\/queue|queue-proxy/],
  ["activator", /activator/],
  ["gateway", /envoy|kourier/],
  ["containers", /containerd/],
  ["Kubernetes", /kube-apiserver|kube-controller-manager|kube-scheduler|kubelet|kube-proxy|etcd/],
  ["other controllers", /\/ko-app\/|controller|webhook|manager|dispatcher|autoscaler/],
];

/** Counts the seconds of processors that each kind of process of this machine uses, until it is stopped. */
export class ProcessorWatch {
  #before = secondsByProcess();
  #used = new Map<string, number>();
  /** Often, as what a process uses after the last look before its end is not seen. */
  readonly #timer = setInterval(() => this.#look(), 500);

  /** Since the last time that this was asked, or the beginning; the most first. */
  next(): (readonly [kind: string, seconds: number])[] {
    this.#look();
    const used = [...this.#used].sort((a, b) => b[1] - a[1]);
    this.#used = new Map();
    return used;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = secondsByProcess();
    for (const [pid, { kind, seconds }] of now) {
      const more = seconds - (this.#before.get(pid)?.seconds ?? 0);
      if (more > 0) this.#used.set(kind, (this.#used.get(kind) ?? 0) + more);
    }
    this.#before = now;
  }
}

/** By process id. */
function secondsByProcess(): Map<string, { readonly kind: string; readonly seconds: number }> {
  const found = new Map<string, { kind: string; seconds: number }>();
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const kind = kinds.find(([, pattern]) => pattern.test(command))?.[0] ?? "others";
      found.set(pid, { kind, seconds: processorSecondsOf(Number(pid)) });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}
