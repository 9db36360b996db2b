/**
 * Milliseconds, and milliseconds of CPU, of one write of a few actions to the embedded store, beside what DuckDB's own appender takes for
 * the same rows without looking for duplicates, and what the disk takes for a few hundred bytes: how much is left to gain.
 *
 *     npx tsx bench/ingest/writes.ts [--stored 200000] [--writes 300]
 */
import { fdatasyncSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { DuckDBDataChunk } from "@duckdb/node-api";
import * as z from "zod";
import type { Action } from "#churn/action.ts";
import { quantile } from "#churn/quantile.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { actionColumns, actionRows, chunksOfRows } from "#stores/actions/duckdb/rows.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";

const { values } = parseArgs({
  options: { stored: { type: "string", default: "200000" }, writes: { type: "string", default: "300" } },
});
const whole = z.coerce.number().int().positive();
const [stored, writes] = [whole.parse(values.stored), whole.parse(values.writes)];
const directory = await mkdtemp(join(tmpdir(), "lapse-bench-writes-"));
const database = await openDuckDb(join(directory, "lapse.duckdb"));
const store = await DuckDbActionStore.open(database, { now: Date.now });
const session = await database.session();
const actions = newActions();
const month = Date.UTC(2024, 2, 1);

for (let left = stored; left > 0; left -= 20_000) await store.append(take(Math.min(left, 20_000)));
await session.run("make a table", (connection) =>
  connection.run(`CREATE TABLE plain (${actionColumns.map(([name, type]) => `${name} ${type}`).join(", ")})`),
);
const file = openSync(join(directory, "bytes"), "w");
const bytes = Buffer.alloc(300, 1);

console.log(`${stored.toLocaleString("en")} actions in the month; load of the machine ${loadavg()[0]?.toFixed(1)}`);
const rows: Record<string, Awaited<ReturnType<typeof measured>>> = {
  "300 bytes and fdatasync": await measured(async () => {
    writeSync(file, bytes);
    fdatasyncSync(file);
  }),
};
for (const count of [1, 4, 16]) {
  rows[`${count} actions by the store`] = await measured(() => store.append(take(count)));
  rows[`${count} rows by DuckDB's appender`] = await measured(() => appendPlainly(take(count)));
}
console.table(rows);
await store.close();
await database.close();
await rm(directory, { recursive: true });

function appendPlainly(some: readonly Action[]): Promise<void> {
  const chunks: readonly DuckDBDataChunk[] = chunksOfRows(actionRows(some));
  return session.run("append rows", async (connection) => {
    const appender = await connection.createAppender("plain");
    for (const chunk of chunks) appender.appendDataChunk(chunk);
    appender.closeSync();
  });
}

async function measured(write: () => Promise<unknown>) {
  for (let i = 0; i < 20; i++) await write();
  const milliseconds: number[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < writes; i++) {
    const start = performance.now();
    await write();
    milliseconds.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  const p50 = quantile(
    milliseconds.sort((a, b) => a - b),
    0.5,
  );
  return { "p50 ms": p50.toFixed(2), "CPU ms": ((user + system) / 1000 / writes).toFixed(2) };
}

function take(count: number): Action[] {
  return Array.from({ length: count }, () => {
    const { value } = actions.next();
    return value;
  });
}

/** All of one month. */
function* newActions(): Generator<Action, never> {
  for (let i = 0; ; i++)
    yield {
      userId: `user-${i % 4_000}`,
      action: "login",
      time: month + ((i * 100) % 2_500_000_000),
      eventId: `${i}`,
      source: "bench",
    };
}
