import { execFile } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import { RunningProgram } from "#test/support/running-program.ts";
import type { Fields } from "./event.ts";

const source = fileURLToPath(new URL("../test-receiver", import.meta.url));
const batchSchema = z.array(z.record(z.string(), z.unknown()));

/** What happens to a batch that was received: it is acknowledged, or the receiver is killed first. */
export type Fate = "acknowledge" | "crash";

/** Receives batches over the beats protocol, as Logstash's beats input does, through the program in test-receiver/. */
export class BeatsReceiver {
  readonly #path: string;
  readonly #take: (batch: readonly Fields[]) => Promise<Fate>;
  #program: RunningProgram | undefined;
  #address = "127.0.0.1:0";

  private constructor(path: string, take: (batch: readonly Fields[]) => Promise<Fate>) {
    this.#path = path;
    this.#take = take;
  }

  /** Builds the program with Go in a folder, and starts it. `take` is called with one batch at a time. */
  static async start(folder: string, take: (batch: readonly Fields[]) => Promise<Fate>): Promise<BeatsReceiver> {
    const path = `${folder}/receiver`;
    const env = { ...process.env, CGO_ENABLED: "0" };
    await promisify(execFile)("go", ["build", "-trimpath", "-o", path, "."], { cwd: source, env });
    const receiver = new BeatsReceiver(path, take);
    await receiver.#open();
    return receiver;
  }

  get address(): string {
    return this.#address;
  }

  async close(): Promise<void> {
    await this.#program?.end("SIGKILL");
  }

  async #open(): Promise<void> {
    const program = new RunningProgram(this.#path, ["-address", this.#address]);
    this.#program = program;
    this.#address = await program.says(/^(127\.0\.0\.1:\d+)$/);
    void this.#serve(program);
  }

  async #serve(program: RunningProgram): Promise<void> {
    const { stdin, stdout } = program.process;
    if (stdin === null || stdout === null) throw new Error("The receiver has no pipes.");
    // A batch may still be arriving when the receiver is killed.
    stdin.on("error", () => undefined);
    for await (const line of createInterface({ input: stdout })) {
      if (!line.startsWith("[")) continue;
      const fate = await this.#take(batchSchema.parse(JSON.parse(line)));
      if (fate === "acknowledge") stdin.write("\n");
      else {
        await program.end("SIGKILL");
        await this.#open();
        return;
      }
    }
  }
}
