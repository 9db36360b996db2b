import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const lapse = fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url));
const runProgram = fileURLToPath(new URL("programs/run-program.mjs", import.meta.url));
const runFunction = fileURLToPath(new URL("programs/run-function.mjs", import.meta.url));

/** What Node is called with to run the program of this name in test/support/programs. */
export function argumentsOf(name: string, ...args: readonly string[]): string[] {
  return [runProgram, name, ...args];
}

/**
 * A program started by a test or a build, and what it has written so far. Of this process's environment it sees only
 * where programs are: a store that is named there must not be filled with what a test makes up, and no colours be
 * forced on what is read here.
 */
export class RunningProgram {
  /** Lines of stdout. */
  readonly lines: string[] = [];
  /** Lines of stderr. */
  readonly messages: string[] = [];
  /** Its exit status; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly process: ChildProcess;

  /** Runs in `folder`; in this process's own by default. */
  constructor(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    folder?: string,
  ) {
    const { PATH, HOME } = process.env;
    this.process = spawn(command, args, { cwd: folder, env: { PATH, HOME, ...environment }, stdio: "pipe" });
    keep(this.process.stdout, this.lines);
    keep(this.process.stderr, this.messages);
    // Not "exit": what it wrote last is read by then.
    this.ended = once(this.process, "close").then(([status]) => status);
    // A caller that waits for something gets the error.
    this.ended.catch(() => {});
  }

  /** The program `lapse` as a clone has it, which starts in a fraction of the time that its sources take to load. */
  static ofLapse(args: readonly string[], environment: Readonly<Record<string, string>>): RunningProgram {
    return new RunningProgram(process.execPath, [lapse, ...args], environment);
  }

  /** A TypeScript program of this repository. */
  static ofSource(path: string, environment: Readonly<Record<string, string>>): RunningProgram {
    return new RunningProgram(process.execPath, ["--import", "tsx", path], environment);
  }

  /** A function as an image runs it, from the entry file at `path` in functions/. */
  static ofFunction(path: string, environment: Readonly<Record<string, string>>): RunningProgram {
    return new RunningProgram(process.execPath, [runFunction, path], environment);
  }

  /** The pattern's group in the first line that matches. Throws if the program ends before that. */
  says(pattern: RegExp): Promise<string> {
    return this.#until(`says ${pattern}`, async () =>
      [...this.lines, ...this.messages].map((line) => pattern.exec(line)?.[1]).find((group) => group !== undefined),
    );
  }

  /** Waits until the URL returns 200. Throws if the program ends before that. */
  async answers(url: string): Promise<void> {
    await this.#until(`answers at ${url}`, async () => (await isOk(url)) || undefined);
  }

  /** Ends it if it is still running. Returns its exit status. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.process.kill(signal);
    return this.ended;
  }

  async #until<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const hasEnded = !this.#isRunning;
      if (hasEnded) await this.ended;
      const found = await find();
      if (found !== undefined) return found;
      const last = () => [...this.lines.slice(-10), ...this.messages.slice(-10)].join("\n");
      if (hasEnded) throw new Error(`The program ended before it ${what}: ${last()}`);
      await sleep(20);
    }
  }

  get #isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null && this.process.pid !== undefined;
  }
}

function keep(stream: NodeJS.ReadableStream | null, lines: string[]): void {
  if (stream !== null) createInterface({ input: stream }).on("line", (line) => lines.push(line));
}

async function isOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
