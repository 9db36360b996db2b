import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import type { Action } from "#churn/action.ts";
import { randomFrom } from "#churn/random.ts";
import { handle } from "#functions/features/function.ts";
import { featuresPing } from "#runtime/event-kinds.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { DuckDbFeatureStore } from "#stores/features/duckdb/feature-store.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { DuckDbRunStore } from "#stores/runs/duckdb/run-store.ts";

// Seconds and memory of taking in a log: npx tsx bench/import/append.ts [--actions N] [--order time|user]. Without --actions,
// 1 M and then 10 M, each in a process of its own so that one does not inherit the other's memory.

const options = z
  .object({
    actions: z.coerce.number().int().min(1).optional(),
    /** As a log is written, or as a table sorted by user is exported: the worst case for finding duplicates. */
    order: z.enum(["time", "user"]).default("time"),
  })
  .parse(parseArgs({ options: { actions: { type: "string" }, order: { type: "string" } } }).values);

const begin = Date.UTC(2023, 0, 1);
const end = Date.UTC(2024, 0, 1);
const batchSize = 10_000;
const names = ["view", "view", "view", "login", "search", "comment", "purchase", "refund"];

if (options.actions === undefined) {
  for (const actions of [1_000_000, 10_000_000]) {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", fileURLToPath(import.meta.url), "--actions", `${actions}`, "--order", options.order],
      { stdio: "inherit" },
    );
    await once(child, "exit");
  }
} else await measure(options.actions, options.order);

/** Runs every step on `count` actions of count / 50 users over a year, and prints a line for each. */
async function measure(count: number, order: "time" | "user"): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "lapse-bench-"));
  const database = await openDuckDb(join(directory, "lapse.duckdb"));
  const store = await DuckDbActionStore.open(database, { now: Date.now });
  const features = await DuckDbFeatureStore.open(database);
  const models = await DirectoryModelStore.open(join(directory, "models"), { now: Date.now });
  console.log(`${count.toLocaleString("en")} actions by ${order}`);

  await step("generate only", async () => {
    for (const batch of batches(count, order)) if (batch.length === 0) throw new Error("An empty batch");
    return "";
  });
  await step("generate, append", async () => {
    // Two at a time, so that one is prepared while the other is written.
    let last: Promise<unknown> = Promise.resolve();
    for (const batch of batches(count, order)) {
      const append = store.append(batch);
      await last;
      last = append;
    }
    await last;
    return "";
  });
  await step("roll up", async () => `${(await store.rollUp()).userDays.toLocaleString("en")} user-days`);
  await step("roll up again", async () => `${(await store.rollUp()).userDays} user-days`);
  await step("read histories", async () => {
    let users = 0;
    for await (const { days } of store.histories()) if (days.length > 0) users++;
    return `${users.toLocaleString("en")} users`;
  });
  await step("compute and store features", async () => {
    const churn = { churnDays: 30, leadDays: 0, observeDays: 90 };
    const ping = featuresPing.make({ id: "bench", source: "/bench", data: { through: "yesterday" } });
    const answer = await handle(ping, {
      ...{ actions: store, features, models, churn, now: () => end },
      runs: await DuckDbRunStore.open(database, { now: () => end }),
      slicing: { slices: 1, publish: undefined },
      logger: { info: () => undefined },
    });
    return JSON.stringify(answer?.data);
  });
  await store.close();
  await features.close();
  await step("close", async () => database.close().then(() => ""));
  await rm(directory, { recursive: true });
}

async function step(name: string, work: () => Promise<string>): Promise<void> {
  let peak = process.memoryUsage.rss();
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  clearInterval(sampler);
  console.log(
    `  ${name.padEnd(28)}${seconds.toFixed(2).padStart(8)} s${(peak / 2 ** 20).toFixed(0).padStart(7)} MB peak  ${result}`,
  );
}

/** The same for the same arguments. Some users act far more often than others. */
function* batches(count: number, order: "time" | "user"): Generator<Action[]> {
  const random = randomFrom("bench/import");
  const users = Math.ceil(count / 50);
  for (let from = 0; from < count; from += batchSize) {
    yield Array.from({ length: Math.min(batchSize, count - from) }, (_, i) => {
      const share = (from + i) / count;
      const user = Math.floor(users * (order === "user" ? share : random()) ** 2);
      const action = names[Math.floor(random() * names.length)] ?? "view";
      return {
        userId: `user-${user}`,
        action,
        time: Math.floor(begin + (order === "time" ? share : random()) * (end - begin)),
        value: action === "purchase" ? Math.ceil(random() * 10_000) / 100 : undefined,
        eventId: String(from + i),
        source: "bench",
      };
    });
  }
}
