import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Room } from "#stores/connections/duckdb/room.ts";
import { StoreFull, StoreUnavailable } from "#stores/failures.ts";
import { openLog } from "../log/open-log.ts";
import { fillLog } from "./fill-log.ts";
import { addStartOptions, startFlags } from "./flags.ts";
import { openLogHome } from "./open-log-home.ts";
import { readSettings, writeSettings } from "./settings.ts";

const now = () => Date.UTC(2026, 0, 5);
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-home-"));
  file = join(folder, "shop.csv");
  const days = Array.from({ length: 60 }, (_, i) => new Date(Date.UTC(2025, 9, 1 + i)).toISOString());
  await writeFile(file, `user_id,timestamp,action\n${days.map((time) => `ann,${time},buy\n`).join("")}`);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** Starts as far as the log is stored; stops before it is told to be, as a kill would, where `isCutShort`. */
async function start(args: readonly string[], isCutShort = false) {
  const flags = startFlags(addStartOptions(new Command()).parse(args, { from: "user" }).opts(), {});
  const opened = await openLog(flags.choice, flags.options, now());
  const dataDir = join(folder, "data");
  const { stores, saved } = await openLogHome({ dataDir }, flags, opened, now);
  const created: number[] = [];
  const record = async (log: { created: number }) => void created.push(log.created);
  try {
    const filled = isCutShort
      ? undefined
      : await fillLog({ flags, folder: dataDir, saved, opened, actions: stores.actions, record, now });
    await stores.actions.rollUp();
    return { isPlaced: opened.staged?.isPlaced, filled, created, actions: (await stores.actions.extent())?.actions };
  } finally {
    await opened.close();
    await stores.close();
  }
}

it("makes the first log the database of a folder, and counts what it stored", async () => {
  const first = await start(["--log", file]);
  expect(first).toMatchObject({ isPlaced: true, created: [60], actions: 60, filled: { isChanged: true } });
  expect(await start(["--log", file])).toMatchObject({ isPlaced: false, created: [0], actions: 60 });
  expect(await readSettings(join(folder, "data"))).toMatchObject({ sources: [file], churn: { leadDays: 0 } });
});

it("goes on where a start ended between storing and telling", async () => {
  await start(["--log", file], true);
  expect(await readSettings(join(folder, "data"))).toEqual({ sources: [file] });
  const again = await start(["--log", file]);
  expect(again).toMatchObject({ isPlaced: false, created: [0], actions: 60, filled: { isChanged: true } });
});

it("stores nothing where an option is at fault", async () => {
  const wrong = ["--log", file, "--return-action", "stop"];
  await expect(start(wrong)).rejects.toThrow("--return-action");
  expect(await readSettings(join(folder, "data"))).toBeUndefined();
  expect(await start(["--log", file])).toMatchObject({ isPlaced: false, created: [60] });
});

it("leaves settings and database alone where the log cannot be placed", async () => {
  await start(["--log", file]);
  const before = await readdir(join(folder, "data"));
  const other = join(folder, "other.csv");
  await writeFile(other, "user_id,timestamp,action\nbob,2025-10-01,buy\nbob,2025-11-01,buy\n");
  await expect(start(["--log", other])).rejects.toThrow("already has the actions of");
  expect(await readdir(join(folder, "data"))).toEqual(before);
  expect(await start(["--log", other, "--add"])).toMatchObject({ isPlaced: false, created: [2], actions: 62 });
});

it("leaves the database and the settings to another process that has made them meanwhile", async () => {
  const dataDir = join(folder, "data");
  const flags = startFlags(addStartOptions(new Command()).parse(["--log", file], { from: "user" }).opts(), {});
  const opened = await openLog(flags.choice, flags.options, now());
  const theirs = { sources: ["theirs.csv"], churn: undefined };
  const place = async () => {
    await writeFile(join(dataDir, "lapse.duckdb"), "theirs");
    await writeSettings(dataDir, theirs);
    throw new StoreUnavailable("Another process made it.");
  };
  const lost = { ...opened, staged: opened.staged && { ...opened.staged, place } };
  await expect(openLogHome({ dataDir }, flags, lost, now)).rejects.toThrow("Another process made it.");
  await opened.close();
  expect(await readFile(join(dataDir, "lapse.duckdb"), "utf8")).toBe("theirs");
  expect(await readSettings(dataDir)).toEqual({ sources: theirs.sources });
});

it("asks for no room on the disk where there is a database already, which may have some in its file", async () => {
  await start(["--log", file]);
  const dataDir = join(folder, "data");
  const flags = startFlags(addStartOptions(new Command()).parse(["--log", file], { from: "user" }).opts(), {});
  const opened = await openLog(flags.choice, flags.options, now());
  const leastFree = Number.MAX_SAFE_INTEGER;
  const room = new Room({ path: join(dataDir, "lapse.duckdb"), mostBytes: undefined, leastFree, now });
  const { stores } = await openLogHome({ dataDir, room }, flags, opened, now);
  await stores.close();
  const fresh = { dataDir: join(folder, "fresh"), room };
  await expect(openLogHome(fresh, flags, opened, now)).rejects.toThrow(StoreFull);
  await opened.close();
});
