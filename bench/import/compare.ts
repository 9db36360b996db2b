/**
 * From a CSV to features: lapse, DuckDB alone and a pandas script, each in a process of its own, in turns.
 *
 *     pip install pandas pyarrow
 *     npx tsx bench/import/compare.ts [--actions 3000000] [--rounds 3] [--features same|windows] [--python python3]
 *
 * lapse checks every line, and keeps actions, user-days and features. DuckDB alone keeps the same, and the script keeps
 * nothing; neither checks anything. Seconds of the processor, on all cores, are what a busy machine leaves comparable. `same`: both drop duplicates and make the features that lapse makes, 117 of this log.
 * `windows`: both make 32 windowed features, and the script does not look for duplicates.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { quantile } from "#churn/quantile.ts";
import { compileLapse } from "./compile-lapse.ts";
import { writeLog } from "./write-log.ts";

const { values } = parseArgs({
  options: {
    actions: { type: "string", default: "3000000" },
    rounds: { type: "string", default: "3" },
    features: { type: "string", default: "same" },
    python: { type: "string", default: "python3" },
  },
});
const count = z.coerce.number().int().positive();
const { actions, rounds, features } = z
  .object({ actions: count, rounds: count, features: z.enum(["same", "windows"]) })
  .parse(values);
const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const figures = jsonText(
  z.object({
    stored: z.number(),
    rolledUp: z.number(),
    features: z.number(),
    processor: z.number(),
    peakMegabytes: z.number(),
  }),
);
type Figures = z.infer<typeof figures>;

const contestants: Record<string, readonly string[]> = {
  lapse: [process.execPath, await compileLapse()],
  "DuckDB alone": [process.execPath, "--import", "tsx", here("duckdb-alone.ts")],
  pandas: [values.python, here("pandas_peer.py")],
};

const directory = await mkdtemp(join(tmpdir(), "bench-import-"));
const path = join(directory, "log.csv");
try {
  await writeLog(path, actions);
  const results = new Map<string, Figures[]>();
  for (let round = 0; round < rounds; round++)
    for (const [name, [program = "", ...args]] of Object.entries(contestants)) {
      const { stdout } = await run(program, [...args, path, features]);
      results.set(name, [...(results.get(name) ?? []), figures.parse(stdout)]);
    }
  console.log(
    `${actions.toLocaleString("en")} actions, ${cpus().length} cores, ${features} features; medians of ${rounds} rounds in turns.`,
  );
  const ofLapse = results.get("lapse") ?? [];
  for (const [name, all] of results) {
    const median = (of: (one: Figures) => number) => quantile(Float64Array.from(all, of).sort(), 0.5);
    const total = median(secondsOf);
    const parts = [median((one) => one.stored), median((one) => one.rolledUp), median((one) => one.features)];
    console.log(
      `${name.padEnd(14)}${total.toFixed(2).padStart(7)} s = ${parts.map((part) => part.toFixed(2)).join(" + ")} (stored, rolled up, features), ${median((one) => one.processor).toFixed(1)} s of the processor` +
        `${median((one) => one.peakMegabytes)
          .toFixed(0)
          .padStart(7)} MB`,
    );
    // Of the same round, so what slows the machine for a while slows both.
    if (all === ofLapse) continue;
    const ratios = Float64Array.from(all, (one, round) => secondsOf(one) / secondsOf(ofLapse[round] ?? one)).sort();
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
    console.log(`${" ".repeat(14)}${middle} times the time of lapse in the same round (quartiles ${low} and ${high})`);
  }
} finally {
  await rm(directory, { recursive: true });
}

function secondsOf({ stored, rolledUp, features }: Figures): number {
  return stored + rolledUp + features;
}
