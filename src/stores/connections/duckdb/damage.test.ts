import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { StoreDamaged, StoreUnavailable } from "../../failures.ts";
import { openDuckDb } from "./database.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-damage-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("finds a damaged block of a table that nothing else has read, and says what to do", async () => {
  const path = join(folder, "whole.duckdb");
  const database = await openDuckDb(path);
  const session = await database.session();
  await session.run("fill", (connection) =>
    connection.run("CREATE TABLE things AS SELECT hash(range) AS id, md5(range::VARCHAR) AS text FROM range(200000)"),
  );
  await database.verify();
  await database.close();
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  for (let i = 0; i < 64; i++) bytes[at + i] = 0xff - (bytes[at + i] ?? 0);
  const damagedPath = join(folder, "damaged.duckdb");
  await writeFile(damagedPath, bytes);
  const damaged = await openDuckDb(damagedPath);
  await expect(damaged.verify()).rejects.toThrow(StoreDamaged);
  await expect(damaged.verify()).rejects.toThrow(/damaged.duckdb is damaged: .* Restore the file from a backup/);
});

it.each<[string, (bytes: Buffer) => Buffer]>([
  ["is empty", () => Buffer.alloc(0)],
  ["is something else", (bytes) => Buffer.alloc(bytes.length, "no database ")],
  ["was cut short", (bytes) => bytes.subarray(0, bytes.length / 2)],
  ["was cut short in its head", (bytes) => bytes.subarray(0, 5_000)],
])("says so of a file that %s", async (_, damage) => {
  const database = await openDuckDb(join(folder, "whole.duckdb"));
  const session = await database.session();
  await session.run("fill", (connection) =>
    connection.run("CREATE TABLE things AS SELECT md5(range::VARCHAR) AS text FROM range(200000)"),
  );
  await database.close();
  const path = join(folder, "damaged.duckdb");
  await writeFile(path, damage(await readFile(join(folder, "whole.duckdb"))));
  const found = openDuckDb(path).then((opened) => opened.verify());
  await expect(found).rejects.toThrow(/damaged.duckdb is damaged: .* Restore the file from a backup/);
});

it("says so of a file whose head is damaged, as soon as it is opened", async () => {
  const path = join(folder, "head.duckdb");
  await (await openDuckDb(path)).close();
  const bytes = await readFile(path);
  for (let at = 4_096; at < 12_288; at++) bytes[at] = 0xff - (bytes[at] ?? 0);
  await writeFile(join(folder, "broken.duckdb"), bytes);
  await expect(openDuckDb(join(folder, "broken.duckdb"))).rejects.toThrow(/broken.duckdb is damaged/);
});

it("says which file cannot be opened, where it is not damaged", async () => {
  await expect(openDuckDb(folder)).rejects.toThrow(StoreUnavailable);
  await expect(openDuckDb(folder)).rejects.toThrow(`Cannot open ${folder}: `);
});
