import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crashActions, crashBatch, crashBatchOf } from "#test/support/programs/crash-batch.ts";
import { argumentsOf } from "#test/support/running-program.ts";
import { openDuckDb } from "../../connections/duckdb/database.ts";
import { DuckDbActionStore } from "./action-store.ts";

describe("an action store whose process is killed", () => {
  let directory: string;
  let path: string;
  let running: ChildProcess | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "lapse-crash-"));
    path = join(directory, "lapse.duckdb");
  });

  afterEach(async () => {
    running?.kill("SIGKILL");
    await rm(directory, { recursive: true });
  });

  it("has what it reported as created, and one copy of each action when everything is sent again", async () => {
    const reported = new Set<string>();
    const next = () => Math.max(-1, ...[...reported].map(crashBatchOf)) + 1;
    // Twice, so that the second process starts from what the first one left behind.
    for (const until of [200, 500]) {
      for await (const line of appending(next())) {
        reported.add(line);
        if (reported.size === 3) await expect(openDuckDb(path)).rejects.toThrow(/in use by another lapse process/);
        if (reported.size >= until) break;
      }
      await killed();
    }
    const database = await openDuckDb(path);
    const store = await DuckDbActionStore.open(database, { now: () => 0 });
    // Whole batches, and single actions that were stored together.
    expect(new Set([...reported].map((line) => line.includes("/")))).toEqual(new Set([true, false]));
    for (const line of reported) {
      const outcomes = await store.append(crashActions(line));
      expect(outcomes.filter(({ status }) => status !== "duplicate")).toEqual([]);
    }
    const batches = Array.from({ length: next() + 10 }, (_, batch) => batch);
    await Promise.all(batches.map((batch) => store.append(crashBatch(batch))));
    await store.rollUp();
    const actions = batches.flatMap(crashBatch);
    expect((await store.extent())?.actions).toBe(actions.length);
    const sums = new Map<string, number>();
    for await (const { userId, days } of store.histories()) {
      sums.set(
        userId,
        days.reduce((sum, { value }) => sum + value, 0),
      );
    }
    const expected = new Map<string, number>();
    for (const { userId, value = 0 } of actions) expected.set(userId, (expected.get(userId) ?? 0) + value);
    expect(sums).toEqual(expected);
    await database.close();
  });

  async function* appending(first: number): AsyncGenerator<string> {
    const appender = spawn(process.execPath, argumentsOf("append-to-duckdb", path, `${first}`), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    running = appender;
    for await (const line of createInterface({ input: appender.stdout })) yield line;
  }

  async function killed(): Promise<void> {
    if (!running) return;
    const exit = once(running, "exit");
    running.kill("SIGKILL");
    await exit;
  }
});
