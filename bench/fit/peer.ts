import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { LogisticProblem } from "#churn/training/fit-logistic.ts";

const versionsSchema = z.object({ scikitLearn: z.string(), blas: z.string(), threads: z.int() });
const fitSchema = z.object({
  seconds: z.number(),
  weights: z.array(z.number()).transform((weights) => Float64Array.from(weights)),
  intercept: z.number(),
  iterations: z.int(),
});

export interface Peer {
  readonly versions: z.infer<typeof versionsSchema>;
  /** Fits the problem once; seconds are of the fit alone, without reading the data. */
  solve(settings: { solver: string; tol: number }): Promise<z.infer<typeof fitSchema>>;
  stop(): Promise<void>;
}

/** Milliseconds after which the process is ended, whatever it does. */
const longestRun = 1_800_000;

/** Starts scikit-learn in a process of its own, which reads the same numbers from files in a temporary directory. */
export async function startPeer({ x, y, width, l2 }: LogisticProblem): Promise<Peer> {
  const python = findPython();
  const directory = await mkdtemp(join(tmpdir(), "lapse-bench-fit-"));
  const [xFile, yFile] = [join(directory, "x.f64"), join(directory, "y.u8")];
  await Promise.all([writeFile(xFile, x), writeFile(yFile, y)]);
  const script = fileURLToPath(new URL("peer.py", import.meta.url));
  const child = spawn(python, [script, xFile, yFile, `${width}`, `${l2}`], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: longestRun,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function answer(): Promise<unknown> {
    const line = await lines.next();
    if (line.done) throw new Error("The scikit-learn process ended without an answer.");
    return JSON.parse(line.value);
  }

  return {
    versions: versionsSchema.parse(await answer()),
    async solve(settings) {
      child.stdin.write(`${JSON.stringify(settings)}\n`);
      return fitSchema.parse(await answer());
    },
    async stop() {
      const exit = child.exitCode === null ? once(child, "exit") : undefined;
      child.stdin.end();
      await exit;
      await rm(directory, { recursive: true });
    },
  };
}

/** The first Python that has scikit-learn: $PYTHON, the one on the path, or that of Debian's packages. */
function findPython(): string {
  const candidates = [process.env.PYTHON ?? "python3", "python3", "/usr/bin/python3"];
  const found = candidates.find((python) => {
    try {
      execFileSync(python, ["-c", "import sklearn"], { stdio: "ignore", timeout: 60_000 });
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined)
    throw new Error("No Python with scikit-learn was found: apt-get install python3-sklearn, or set PYTHON.");
  return found;
}
