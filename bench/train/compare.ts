/**
 * Trains on a synthetic log of many users, each time in a process of its own, and prints the processor time of reading it, making
 * features and fitting; in turns with an older checkout if one is given, each with its own defaults.
 *
 *     npx tsx bench/train/compare.ts [--users 50000] [--rounds 3] [--before FOLDER]
 */
import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { quantile } from "#churn/quantile.ts";
import { simulateHistories } from "#test/simulation/simulated-log.ts";
import { figuresSchema } from "./figures.ts";

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "50000" },
    rounds: { type: "string", default: "3" },
    before: { type: "string" },
  },
});
const count = z.coerce.number().int().positive();
const { users, rounds } = z.object({ users: count, rounds: count }).parse(values);
const here = fileURLToPath(new URL("../..", import.meta.url));
const worker = fileURLToPath(new URL("worker.ts", import.meta.url));
const figures = jsonText(figuresSchema);

const directory = await mkdtemp(join(tmpdir(), "bench-train-"));
try {
  const file = join(directory, "histories.ndjson");
  await writeHistories(file);
  const checkouts = values.before === undefined ? [here] : [values.before, here];
  const results = new Map<string, z.infer<typeof figuresSchema>[]>();
  for (let round = 0; round < rounds; round++)
    for (const checkout of checkouts) {
      const args = ["--import", "tsx", worker, checkout, file];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: here });
      results.set(checkout, [...(results.get(checkout) ?? []), figures.parse(stdout)]);
    }
  for (const [checkout, all] of results) {
    const [first] = all;
    const seconds = quantile(Float64Array.from(all, (one) => one.seconds).sort(), 0.5);
    console.log(
      `${checkout}: ${seconds.toFixed(1)} s of the processor, median of ${rounds}; ${first?.actions.toLocaleString("en")} actions of ${first?.users.toLocaleString("en")} users, ${first?.features} features`,
    );
  }
} finally {
  await rm(directory, { recursive: true });
}

/** In parts, as all users at once take much memory. */
async function writeHistories(path: string): Promise<void> {
  const part = 5000;
  const file = await open(path, "w");
  for (let from = 0; from < users; from += part) {
    const options = { users: Math.min(part, users - from), months: 9, endDay: 20_779, seed: `part ${from}` };
    for (const history of simulateHistories(options))
      await file.write(`${JSON.stringify({ ...history, userId: `${from} ${history.userId}` })}\n`);
  }
  await file.close();
}
