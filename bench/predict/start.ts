/**
 * Measures how long the bundled predict function takes from the start of its process to its first prediction.
 *
 *     npx tsx bench/predict/start.ts [--runs 10]
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { prepare } from "./predictor.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "10" } } });
const runs = z.coerce.number().int().positive().parse(values.runs);
/** Log entries, in whose times a start falls apart. */
const entrySchema = z.object({ "@timestamp": z.iso.datetime().transform(Date.parse), message: z.string() });

const bench = await prepare(12);
const times: Record<string, number[]> = {};
try {
  for (let run = 0; run < runs; run++) {
    note(
      "node itself (node -e 0)",
      timed(() => execFileSync(process.execPath, ["-e", "0"], { timeout: 10_000 })),
    );
    const start = Date.now();
    const contestant = await bench.start();
    await contestant.stop();
    for (const line of contestant.output().trim().split("\n")) {
      const { message, "@timestamp": time } = entrySchema.parse(JSON.parse(line));
      if (/in service|listens/.test(message)) note(`until “${message}”`, time - start);
    }
    note("until the first prediction", contestant.firstPrediction);
  }
} finally {
  await bench.remove();
}

console.log(`Node ${process.versions.node}, ${runs} starts, milliseconds since the process was started.`);
console.table(
  Object.fromEntries(
    Object.entries(times).map(([step, all]) => {
      const sorted = all.toSorted((a, b) => a - b);
      const at = (share: number) => Math.round(quantile(sorted, share));
      return [step, { median: at(0.5), fastest: at(0), slowest: at(1) }];
    }),
  ),
);

function note(step: string, milliseconds: number): void {
  times[step] = [...(times[step] ?? []), milliseconds];
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
