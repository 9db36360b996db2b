import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { type DuckDbDatabase, openDuckDb } from "#stores/connections/duckdb/database.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import { argumentsOf } from "#test/support/running-program.ts";
import { ingestLog, type LogReport } from "../ingest-log.ts";
import type { LogOptions } from "../options.ts";
import { readLog } from "../read-log.ts";

const now = () => Date.UTC(2025, 0, 1);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-place-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Rows of some users, of whom none does two things at once. */
const rows = Array.from(
  { length: 400 },
  (_, i) =>
    `u${i % 23},${new Date(Date.UTC(2024, 0, 1) + i * 7_654_321).toISOString()},${i % 3 ? "view" : "buy"},${i % 4 ? "" : i / 8}`,
);
const header = "user_id,timestamp,action,value";
const hard = ["é", "用户", "😀", "x".repeat(200), "o'neil", "12.0"].map((id) => `${id},2024-05-01T10:00:00Z,view,1e-7`);

async function logAt(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
}

interface Imported {
  readonly isPlaced: boolean;
  readonly report: LogReport;
  readonly actions: DuckDbActionStore;
  readonly database: DuckDbDatabase;
}

/** Imports a log to a database of that name: placed if that is possible and asked for. */
async function importTo(
  name: string,
  paths: readonly string[],
  { options = {}, places }: { options?: LogOptions; places: boolean },
): Promise<Imported> {
  const path = join(folder, name);
  const log = await readLog(paths, options, now());
  const isPlaced = places && (await log.staged?.place?.(path)) === true;
  const database = await openDuckDb(path);
  const actions = await DuckDbActionStore.open(database, { now });
  const report = await ingestLog(log, { actions, now });
  await log.close();
  return { isPlaced, report, actions, database };
}

async function rowsOf(database: DuckDbDatabase, sql: string): Promise<unknown> {
  const session = await database.session();
  const found = await session.run("look", async (connection) => (await connection.run(sql)).getRowsJS());
  await session.close();
  return found;
}

/** Everything that the database holds of the actions, and of what form it is. */
async function contentOf({ actions, database }: Imported) {
  const stored = await rowsOf(database, "SELECT * EXCLUDE ingested FROM actions ORDER BY ALL");
  const columns = await rowsOf(
    database,
    "SELECT table_name, column_name, data_type, column_index FROM duckdb_columns() WHERE database_name = current_database() ORDER BY ALL",
  );
  const others = await rowsOf(
    database,
    `SELECT view_name FROM duckdb_views() WHERE NOT internal UNION ALL
     SELECT function_name FROM duckdb_functions() WHERE NOT internal AND database_name = current_database()`,
  );
  const counts = await actions.rollUp();
  const userDays = await rowsOf(database, "SELECT * FROM user_days ORDER BY ALL");
  return { stored, columns, others, counts, userDays };
}

async function closed(...all: readonly Imported[]): Promise<void> {
  for (const { actions, database } of all) {
    await actions.close();
    await database.close();
  }
}

describe("a log that becomes the database", () => {
  it.each<[string, readonly (readonly string[])[], LogOptions]>([
    ["plain rows", [[header, ...rows, ...hard]], {}],
    ["values that cannot be read", [[header, ...rows, "ann,2024-05-01T10:00:00Z,view,much"]], {}],
    ["equal rows", [[header, ...rows, rows[7] ?? "", rows[7] ?? "", rows[300] ?? ""]], {}],
    [
      "several files that overlap",
      [
        [header, ...rows.slice(0, 300)],
        [header, ...rows.slice(295)],
      ],
      {},
    ],
    [
      "ids, and copies of rows",
      [
        [
          "event_id,user_id,timestamp,action",
          ...[...rows, rows[3] ?? ""].map((row, i) => `${i === 400 ? 3 : i},${row.split(",").slice(0, 3)}`),
        ],
      ],
      { id: "event_id" },
    ],
    [
      "what the business did",
      [["user_id,timestamp,action,passive", ...rows.map((row, i) => `${row.split(",").slice(0, 3)},${i % 5 === 0}`)]],
      {},
    ],
    [
      "rows without a value or an action",
      [["user_id,timestamp", ...rows.map((row) => row.split(",").slice(0, 2).join())]],
      {},
    ],
  ])("holds what an import into an empty one does: %s", async (_, files, options) => {
    const paths = await Promise.all(files.map((lines, file) => logAt(`log-${file}.csv`, lines)));
    const placed = await importTo("placed.duckdb", paths, { options, places: true });
    const stored = await importTo("stored.duckdb", paths, { options, places: false });
    expect([placed.isPlaced, stored.isPlaced]).toEqual([true, false]);
    expect(placed.report).toEqual(stored.report);
    expect(await contentOf(placed)).toEqual(await contentOf(stored));
    expect(await placed.database.countRows()).toEqual(await stored.database.countRows());
    await closed(placed, stored);
  });

  it("knows its actions when they come again, by the file and one by one", async () => {
    const path = await logAt("log.csv", [header, ...rows, rows[7] ?? ""]);
    await closed(await importTo("a.duckdb", [path], { places: true }));
    const again = await importTo("a.duckdb", [path], { places: true });
    expect(again.isPlaced).toBe(false);
    expect(again.report).toMatchObject({ created: 0, duplicates: 401 });
    const time = Date.UTC(2024, 0, 1);
    expect(await again.actions.append([{ userId: "u0", action: "buy", time, value: 0 }])).toEqual([
      { status: "duplicate" },
    ]);
    expect(await again.actions.append([{ userId: "u0", action: "buy", time, value: 1 }])).toEqual([
      { status: "created" },
    ]);
    expect((await again.actions.rollUp()).userDays).toBeGreaterThan(300);
    await again.actions.append([{ userId: "u0", action: "buy", time: time + 1 }]);
    expect(await again.actions.rollUp()).toEqual({ userDays: 1, users: 1 });
    await closed(again);
  });

  it("brings the numbers of its users, and has those of users who come before the first roll-up counted all the same", async () => {
    const path = await logAt("log.csv", [header, ...rows, ...hard]);
    const numbers = (imported: Imported) =>
      rowsOf(imported.database, "SELECT number, user_id FROM user_numbers ORDER BY number");
    const placed = await importTo("placed.duckdb", [path], { places: true });
    const stored = await importTo("stored.duckdb", [path], { places: false });
    const brought = await numbers(placed);
    expect(brought).toHaveLength(23 + hard.length);
    expect(await numbers(stored)).toEqual([]);
    await stored.actions.rollUp();
    expect(await numbers(stored)).toEqual(brought);
    await closed(stored);

    const anew = await importTo("anew.duckdb", [path], { places: false });
    const time = Date.UTC(2024, 5, 1);
    for (const { actions } of [placed, anew])
      await actions.append(["u0", "late", "later"].map((userId) => ({ userId, action: "buy", time })));
    // Their numbers are not in the order of ids then, which histories are.
    const content = async ({ actions }: Imported) => {
      const counts = await actions.rollUp();
      const histories: unknown[] = [];
      for await (const history of actions.histories()) histories.push(history);
      return { counts, histories, extent: await actions.extent() };
    };
    const found = await content(placed);
    expect(found).toEqual(await content(anew));
    expect(found.counts.users).toBe(25 + hard.length);
    await closed(placed, anew);
  });

  it.each([
    ["a time that cannot be read", "rejected@example.com,never,view,3"],
    ["a time that is too old", "rejected@example.com,1901-01-01T00:00:00Z,view,1"],
    ["no time", "rejected@example.com,,view,"],
  ])("is stored in the usual way where a row has %s, of which nothing stays", async (_, row) => {
    const imported = await importTo("a.duckdb", [await logAt("log.csv", [header, ...rows, row])], { places: true });
    expect(imported.isPlaced).toBe(false);
    expect(imported.report).toMatchObject({ created: 400, rejected: 1 });
    await closed(imported);
    for (const name of ["a.duckdb", "a.duckdb.wal"])
      expect(await readFile(join(folder, name), "latin1").catch(() => "")).not.toContain("rejected@");
  });

  it("is stored in the usual way where many rows are copies", async () => {
    const numbered = rows.map((row, i) => `${i},${row.split(",").slice(0, 3)}`);
    const path = await logAt("log.csv", ["event_id,user_id,timestamp,action", ...numbered, ...numbered.slice(0, 100)]);
    const imported = await importTo("a.duckdb", [path], { options: { id: "event_id" }, places: true });
    expect(imported.isPlaced).toBe(false);
    expect(imported.report).toMatchObject({ created: 400, duplicates: 100 });
    await closed(imported);
  });

  it("leaves another file alone that stands in its place, and its write-ahead log", async () => {
    const path = await logAt("log.csv", [header, ...rows]);
    await closed(await importTo("a.duckdb", [await logAt("other.csv", [header, ...rows.slice(5)])], { places: true }));
    const imported = await importTo("a.duckdb", [path], { places: true });
    expect(imported.isPlaced).toBe(false);
    expect(imported.report).toMatchObject({ created: 5, duplicates: 395 });
    await writeFile(join(folder, "b.duckdb.wal"), "");
    const log = await readLog([path], {}, now());
    expect(await log.staged?.place?.(join(folder, "b.duckdb"))).toBe(false);
    await log.close();
    await closed(imported);
  });

  it("says where it could not be put", async () => {
    const log = await readLog([await logAt("log.csv", [header, ...rows])], {}, now());
    await expect(log.staged?.place?.(join(folder, "absent", "a.duckdb"))).rejects.toThrow(StoreUnavailable);
    await log.close();
  });

  it("is there whole or not at all when the process is killed at any time", async () => {
    const path = await logAt("log.csv", [header, ...rows]);
    const scratches = join(folder, "tmp");
    await mkdir(scratches);
    const outcomes = new Set<boolean>();
    for (const [round, moment] of [0, 4, 8, 16, 32, 64, "placed"].entries()) {
      const to = join(folder, `${round}.duckdb`);
      const child = spawn(process.execPath, argumentsOf("place-log", path, to, `${now()}`), {
        env: { ...process.env, TMPDIR: scratches },
      });
      const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      await said.next();
      await (typeof moment === "number" ? pause(moment) : said.next());
      child.kill("SIGKILL");
      await once(child, "exit");
      outcomes.add(existsSync(to));
      const imported = await importTo(`${round}.duckdb`, [path], { places: true });
      const { created, duplicates } = imported.report;
      expect([[created, duplicates]]).toContainEqual(imported.isPlaced ? [400, 0] : [0, 400]);
      expect((await imported.actions.rollUp()).users).toBe(23);
      await closed(imported);
    }
    expect(outcomes).toEqual(new Set([true, false]));
  }, 120_000);
});
