import * as z from "zod";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { crashBatch } from "./crash-batch.ts";

// Started by duckdb-crash.test.ts, which kills it: appends without end, three calls at a time and amid roll-ups, and
// prints the number of each batch once it is reported as created.

const [path, first] = z.tuple([z.string(), z.coerce.number()]).parse(process.argv.slice(2));
const store = await DuckDbActionStore.open(await openDuckDb(path), { now: Date.now });
let next = first;

async function appendForEver(): Promise<never> {
  for (;;) {
    const batch = next++;
    const outcomes = await store.append(crashBatch(batch));
    if (outcomes.every(({ status }) => status === "created")) process.stdout.write(`${batch}\n`);
  }
}

async function rollUpForEver(): Promise<never> {
  for (;;) await store.rollUp();
}

await Promise.all([appendForEver(), appendForEver(), appendForEver(), rollUpForEver()]);
