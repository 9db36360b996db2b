import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const columns = [
  "{.type}",
  "{.object.metadata.labels.serving\\.knative\\.dev/service}",
  "{.object.metadata.name}",
  "{.object.status.podIP}",
];

/** Follows the pods of Knative Services in the namespace lapse, and keeps when what became of them was told. */
export class AddressWatch {
  readonly #watching: ChildProcess;
  /** By service, of each of its pods that is there: when its address was told, in epoch milliseconds, unless that is to come. */
  readonly #pods = new Map<string, Map<string, number | undefined>>();
  readonly #goneAt = new Map<string, number>();

  constructor(services: readonly string[]) {
    this.#watching = spawn("kubectl", [
      ...["--namespace", "lapse", "get", "pods", "--watch", "--output-watch-events"],
      ...["--selector", `serving.knative.dev/service in (${services.join(",")})`],
      ...["--output", `jsonpath=${columns.join(" ")}{"\\n"}`],
    ]);
    const { stdout } = this.#watching;
    if (stdout !== null) createInterface(stdout).on("line", (line) => this.#note(line));
  }

  /** When the last pod of a service was gone, in epoch milliseconds. Throws while one is there, or none has been. */
  goneAt(service: string): number {
    if (this.#watching.exitCode !== null) throw new Error("kubectl does not watch the pods any more.");
    const at = this.#goneAt.get(service);
    if (at === undefined || this.#podsOf(service).size > 0) throw new Error(`${service} does not go to zero.`);
    return at;
  }

  /** When the address of a pod was told, in epoch milliseconds. Throws if it was not. */
  addressedAt(service: string, pod: string): number {
    const at = this.#podsOf(service).get(pod);
    if (at === undefined) throw new Error(`The address of ${pod} was not told.`);
    return at;
  }

  close(): void {
    this.#watching.kill();
  }

  #note(line: string): void {
    const [type = "", service = "", pod = "", address = ""] = line.split(" ");
    const pods = this.#podsOf(service);
    if (type !== "DELETED") {
      pods.set(pod, pods.get(pod) ?? (address === "" ? undefined : Date.now()));
      return;
    }
    pods.delete(pod);
    if (pods.size === 0) this.#goneAt.set(service, Date.now());
  }

  #podsOf(service: string): Map<string, number | undefined> {
    const pods = this.#pods.get(service) ?? new Map<string, number | undefined>();
    this.#pods.set(service, pods);
    return pods;
  }
}
