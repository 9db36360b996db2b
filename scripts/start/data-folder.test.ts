import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { prepareDataFolder } from "./data-folder.ts";
import { serverLogFolder } from "./server-log.ts";
import { readSettings, synthetic, writeSettings } from "./settings.ts";

let folder: string;
const now = Date.UTC(2026, 0, 5, 10, 30);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-data-"));
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

describe("prepareDataFolder", () => {
  it("makes the folder, of which nothing is known", async () => {
    const fresh = join(folder, "a", "b");
    expect(await prepareDataFolder(fresh, ["shop.csv"], false, now)).toBeUndefined();
    expect(await readdir(fresh)).toEqual([]);
  });

  it("goes on with what is there when no log or the same one is asked for", async () => {
    const saved = { sources: ["shop.csv"], churn: { churnDays: 14, leadDays: 0, observeDays: 28 } };
    await writeSettings(folder, saved);
    await writeFile(join(folder, "lapse.duckdb"), "actions");
    expect(await prepareDataFolder(folder, [], false, now)).toEqual(saved);
    expect(await prepareDataFolder(folder, ["shop.csv"], false, now)).toEqual(saved);
  });

  it("says what to do where the database is missing, unless the log is given again", async () => {
    const saved = { sources: ["shop.csv"], churn: { churnDays: 14, leadDays: 0, observeDays: 28 } };
    await writeSettings(folder, saved);
    await expect(prepareDataFolder(folder, [], false, now)).rejects.toThrow(
      /settings.json tells of the actions of shop.csv, but their database .*lapse.duckdb is missing. Restore it/,
    );
    expect(await prepareDataFolder(folder, ["shop.csv"], false, now)).toEqual(saved);
  });

  it("refuses to mix two logs unless that is asked for", async () => {
    await writeSettings(folder, { sources: ["shop.csv"] });
    await expect(prepareDataFolder(folder, ["club.csv"], false, now)).rejects.toThrow(
      /has the actions of shop.csv.*--add/,
    );
    expect(await prepareDataFolder(folder, ["club.csv"], true, now)).toEqual({ sources: ["shop.csv"] });
  });

  it("moves the synthetic log aside, whole, when a real one comes, even one to be added", async () => {
    await writeSettings(folder, { sources: [synthetic] });
    await writeFile(join(folder, "lapse.duckdb"), "actions");
    expect(await prepareDataFolder(folder, ["shop.csv"], true, now)).toBeUndefined();
    expect(await readdir(folder)).toEqual(["aside"]);
    expect((await readdir(join(folder, "aside", "synthetic-20260105T103000Z"))).sort()).toEqual([
      "lapse.duckdb",
      "settings.json",
    ]);
  });

  it("leaves what does not depend on the log where it is", async () => {
    await writeSettings(folder, { sources: [synthetic] });
    const server = await serverLogFolder(folder, { url: "http://search:9200", prefix: "lapse" });
    const ofServer = { sources: ["club.csv"] };
    await writeSettings(server, ofServer);
    for (const name of ["audit.ndjson", "keys.json", "key-uses.json"]) await writeFile(join(folder, name), "{}");
    await prepareDataFolder(folder, ["shop.csv"], false, now);
    expect((await readdir(folder)).sort()).toEqual(["aside", "audit.ndjson", "key-uses.json", "keys.json", "servers"]);
    expect(await readSettings(server)).toEqual(ofServer);
  });

  it("says what to do with settings that it cannot read", async () => {
    await writeFile(join(folder, "settings.json"), "{");
    await expect(prepareDataFolder(folder, [], false, now)).rejects.toThrow(/settings.json is not what lapse wrote/);
  });
});
