import { parseArgs } from "node:util";
import { functions } from "#local/functions.ts";
import { fuzz } from "./fuzz.ts";
import { startFunctionTarget, startLocalTarget } from "./targets.ts";

/**
 * `npm run fuzz -- --requests 1000000 --seed 1`: sends that many requests to all of lapse in one process, or to one function
 * with `--function NAME`, and prints what is wrong. Ends with status 1 if anything is.
 */
const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    function: { type: "string" },
  },
});
const requests = Number(values.requests);
const seed = Number(values.seed);
if (!Number.isInteger(requests) || requests < 2) throw new Error("--requests must be a whole number from 2.");
if (!Number.isInteger(seed)) throw new Error("--seed must be a whole number.");
const name = values.function;
const names = functions.map((one) => one.name);
if (name !== undefined && !names.includes(name)) throw new Error(`--function must be one of ${names.join(", ")}.`);

const target = name === undefined ? await startLocalTarget() : await startFunctionTarget(name);
const tell = (sent: number, perSecond: number) => {
  if (sent % 10_000 === 0) console.error(`${sent} of ${requests} requests, ${Math.round(perSecond)} a second`);
};
const report = await fuzz(target, { requests, seed, progress: tell }).catch(async (error: unknown) => {
  await target.stop();
  throw error;
});
const { status, errors } = await target.stop();
const faults = [...report.faults, ...errors.slice(0, 5), ...(status === 0 ? [] : [`It ended with status ${status}.`])];
for (const fault of faults) console.log(`${fault}\n`);
const statuses = [...report.statuses].sort(([a], [b]) => a - b).map(([one, count]) => `${one}: ${count}`);
console.log(`${report.sent} requests with seed ${seed} in ${Math.round(report.seconds)} s; ${statuses.join(", ")}`);
console.log(`Never went well: ${[...report.routes].filter((one) => !report.wentWell.has(one)).join(", ") || "none"}`);
console.log(faults.length === 0 ? "No faults." : `${faults.length} kinds of faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;
