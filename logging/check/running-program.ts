import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A program that a test started, and what it has written so far. */
export class RunningProgram {
  /** Lines of stdout. */
  readonly lines: string[] = [];
  /** Lines of stderr. */
  readonly messages: string[] = [];
  readonly process: ChildProcess;

  constructor(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.process = spawn(command, args, { env: { ...process.env, ...environment }, stdio: "pipe" });
    keep(this.process.stdout, this.lines);
    keep(this.process.stderr, this.messages);
  }

  /** One of this repository's, which are TypeScript. */
  static ofSource(path: string, environment: Readonly<Record<string, string>>): RunningProgram {
    return new RunningProgram(process.execPath, ["--import", "tsx", path], environment);
  }

  /** What the pattern's group finds in a line, once there is one. Throws when the program ends before. */
  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const all = [...this.lines, ...this.messages];
      const found = all.map((line) => pattern.exec(line)?.[1]).find((group) => group !== undefined);
      if (found !== undefined) return found;
      if (!this.#isRunning) throw new Error(`The program ended without ${pattern}: ${all.slice(-10).join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (!this.#isRunning) return;
    const exit = once(this.process, "exit");
    this.process.kill(signal);
    await exit;
  }

  get #isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }
}

function keep(stream: NodeJS.ReadableStream | null, lines: string[]): void {
  if (stream !== null) createInterface({ input: stream }).on("line", (line) => lines.push(line));
}
