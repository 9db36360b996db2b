/**
 * How long `npm start` takes to be ready, the first time and the second, beside a notebook that does the same with pandas and
 * scikit-learn: each in a process of its own, in turns.
 *
 *     pip install pandas scikit-learn
 *     npx tsx bench/start/compare.ts [--rounds 3] [--python python3]
 *
 * lapse makes its synthetic log itself, or reads the CSV of it that the notebook reads. The notebook keeps a model and today's scores;
 * lapse keeps the log as well, judges the model with intervals and by segment, explains each score, and serves all of it. A first
 * start is that of a fresh clone, which compiles the program. npm, which is not timed, adds a fifth of a second to each.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { quantile } from "#churn/quantile.ts";
import { freePort } from "#test/support/free-port.ts";
import { processorSecondsOf } from "../processor-seconds.ts";

interface Run {
  readonly seconds: number;
  /** Of the processor, on all cores. */
  readonly processor: number;
  readonly auc: string;
}

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, python: { type: "string", default: "python3" } },
});
const rounds = z.coerce.number().int().positive().parse(values.rounds);
const exec = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "scripts", "run.mjs");
/** Nothing else: what the shell says of stores must not reach the program. */
const ownEnvironment = { PATH: process.env.PATH, HOME: process.env.HOME };
const notebookFigures = jsonText(z.object({ processor: z.number(), auc: z.number() }));

const directory = await mkdtemp(join(tmpdir(), "lapse-bench-start-"));
const results = new Map<string, Run[]>();
try {
  const csv = join(directory, "log.csv");
  await exec(process.execPath, [program, "generate", "--out", csv], { env: ownEnvironment });
  for (let round = 0; round < rounds; round++) {
    const data = join(directory, `data-${round}`);
    await rm(join(root, ".build", "lapse"), { recursive: true, force: true });
    note("npm start, first", await start("--data", data));
    note("npm start, second", await start("--data", data));
    note("npm start -- --log log.csv", await start("--data", `${data}-csv`, "--log", csv));
    note("notebook", await notebook(csv));
    for (const used of [data, `${data}-csv`]) await rm(used, { recursive: true });
  }
} finally {
  await rm(directory, { recursive: true });
}
console.log(
  `Node ${process.versions.node}, ${rounds} rounds in turns, medians; load ${loadavg()[0]?.toFixed(1)} at the end.`,
);
console.table(Object.fromEntries([...results].map(([name, runs]) => [name, summary(runs)])));

function note(name: string, run: Run): void {
  results.set(name, [...(results.get(name) ?? []), run]);
}

/** Starts lapse until it says that it is ready. */
async function start(...args: readonly string[]): Promise<Run> {
  const began = performance.now();
  const child = spawn(process.execPath, [program, "start", ...args], {
    env: { ...ownEnvironment, PORT: `${await freePort()}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let auc = "";
  for await (const line of createInterface({ input: child.stdout })) {
    auc = /AUC ([\d.]+)/.exec(line)?.[1] ?? auc;
    if (!line.startsWith("Ready on")) continue;
    const run = { seconds: (performance.now() - began) / 1000, processor: processorSecondsOf(child.pid ?? 0), auc };
    const ended = once(child, "exit");
    child.kill("SIGINT");
    await ended;
    return run;
  }
  throw new Error(`lapse ended with status ${child.exitCode} before it was ready.`);
}

async function notebook(csv: string): Promise<Run> {
  const began = performance.now();
  const script = fileURLToPath(new URL("notebook.py", import.meta.url));
  const { stdout } = await exec(values.python, [script, csv, directory], { env: ownEnvironment });
  const { processor, auc } = notebookFigures.parse(stdout);
  return { seconds: (performance.now() - began) / 1000, processor, auc: auc.toFixed(3) };
}

function summary(runs: readonly Run[]) {
  const median = (of: (run: Run) => number) =>
    quantile(
      runs.map(of).sort((a, b) => a - b),
      0.5,
    ).toFixed(1);
  return {
    seconds: median(({ seconds }) => seconds),
    processor: median(({ processor }) => processor),
    AUC: runs[0]?.auc,
  };
}
