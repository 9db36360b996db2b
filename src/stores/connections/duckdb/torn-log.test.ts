import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { argumentsOf, RunningProgram } from "#test/support/running-program.ts";
import { StoreDamaged } from "../../failures.ts";
import { StoreConnections } from "../../store-connections.ts";
import { openDuckDb } from "./database.ts";
import { findTornLog, type TornLog } from "./torn-log.ts";

let folder: string;
/** A database that a process left when it was killed while it wrote. */
let killed: string;
let size: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-torn-"));
  killed = join(folder, "killed", "lapse.duckdb");
  await mkdir(join(folder, "killed"));
  const running = new RunningProgram(process.execPath, argumentsOf("append-to-duckdb", killed, "0"));
  await running.says(/^(1\d\d|1\d\d\/.*)$/);
  await running.end("SIGKILL");
  size = (await readFile(`${killed}.wal`)).length;
});
afterAll(() => rm(folder, { recursive: true }));

/** A copy of the database with its log cut to this many bytes. */
async function cutTo(bytes: number): Promise<string> {
  const copy = await mkdtemp(join(folder, "cut-"));
  const path = join(copy, "lapse.duckdb");
  await cp(killed, path);
  await cp(`${killed}.wal`, `${path}.wal`);
  await truncate(`${path}.wal`, bytes);
  return path;
}

async function rowsOf(path: string): Promise<number> {
  const database = await openDuckDb(path);
  const rows = (await database.countRows()).get("actions") ?? 0;
  await database.close();
  return rows;
}

it("tells of a log that was cut within a write, wherever that is, and of none that ends after one", async () => {
  // The process may have been killed within a write; up to here its log is whole.
  const whole = size - ((await findTornLog(killed))?.bytes ?? 0);
  expect(whole).toBeGreaterThan(10_000);
  const path = await cutTo(whole);
  expect(await findTornLog(path)).toBeUndefined();
  const rows = await rowsOf(path);
  expect(rows).toBeGreaterThan(100);
  for (const bytes of [whole - 1, whole - 20, Math.floor(whole / 2), 100, 8 + 7, 5]) {
    const cut = await cutTo(bytes);
    const torn = await findTornLog(cut);
    expect(torn?.path).toBe(`${cut}.wal`);
    expect(torn?.bytes).toBeGreaterThan(0);
    expect(torn?.bytes).toBeLessThanOrEqual(bytes);
    // What DuckDB leaves out is that very end: without it, the database is the same.
    const remaining = await cutTo(bytes - (torn?.bytes ?? 0));
    expect(await rowsOf(remaining)).toBe(await rowsOf(cut));
  }
});

it("has the stores tell it when they open the database", async () => {
  const told: TornLog[] = [];
  const path = await cutTo(Math.floor(size / 2) + 3);
  const dataDir = join(path, "..");
  const stores = new StoreConnections({ dataDir, onTornLog: (torn) => void told.push(torn) }, Date.now);
  await stores.actionStore();
  expect(told).toMatchObject([{ path: `${path}.wal` }]);
  await stores.close();
  const again = new StoreConnections({ dataDir, onTornLog: (torn) => void told.push(torn) }, Date.now);
  await again.actionStore();
  expect(told).toHaveLength(1);
  await again.close();
});

it("tells nothing of a database without a log, or with a log of another version", async () => {
  expect(await findTornLog(join(folder, "absent.duckdb"))).toBeUndefined();
  const path = await cutTo(size);
  const log = await readFile(`${path}.wal`);
  log[5] = 3;
  await writeFile(`${path}.wal`, log);
  expect(await findTornLog(path)).toBeUndefined();
});

it.each([
  ["other bytes", () => Buffer.from("something else")],
  ["zeros", (log: Buffer) => Buffer.alloc(log.length)],
  ["its beginning overwritten", (log: Buffer) => Buffer.concat([Buffer.alloc(512, "x"), log.subarray(512)])],
])("refuses to open a database whose log is %s, which DuckDB opens without what the log held", async (_, damage) => {
  const path = await cutTo(size);
  expect(await rowsOf(path)).toBeGreaterThan(100);
  const damaged = await cutTo(size);
  await writeFile(`${damaged}.wal`, damage(await readFile(`${damaged}.wal`)));
  const stores = new StoreConnections({ dataDir: join(damaged, "..") }, Date.now);
  await expect(stores.actionStore()).rejects.toThrow(StoreDamaged);
  await expect(stores.actionStore()).rejects.toThrow(
    /lapse\.duckdb\.wal is damaged: .* Restore the database from a backup/,
  );
  await stores.close();
  expect(await readFile(`${damaged}.wal`)).toEqual(damage(await readFile(`${killed}.wal`)));
});
