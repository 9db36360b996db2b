import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ImportedLog } from "#stores/audit/import-entry.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { openLog } from "../log/open-log.ts";
import { fillLog } from "./fill-log.ts";
import { addStartOptions, startFlags } from "./flags.ts";
import { readSettings, writeSettings } from "./settings.ts";

let folder: string;
let stores: Stores;
let imported: ImportedLog[];
const now = () => Date.UTC(2026, 0, 5);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-fill-"));
  stores = await setUpStores({ dataDir: folder }, now);
  imported = [];
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await stores.close();
  await rm(folder, { recursive: true });
});

const record = async (log: ImportedLog) => void imported.push(log);

const fill = async (...args: string[]) => {
  const flags = startFlags(addStartOptions(new Command()).parse(args, { from: "user" }).opts(), {});
  const opened = flags.choice.files === undefined ? undefined : await openLog(flags.choice, flags.options, now());
  return fillLog({ flags, folder, saved: await readSettings(folder), opened, actions: stores.actions, record, now });
};

describe("fillLog", () => {
  it("imports the log asked for once, and remembers it with its churn definition", async () => {
    const file = join(folder, "shop.csv");
    const days = Array.from({ length: 60 }, (_, i) => new Date(Date.UTC(2025, 9, 1 + i)).toISOString());
    await writeFile(file, `user_id,timestamp,action\n${days.map((time) => `ann,${time},buy\n`).join("")}`);
    const first = await fill("--log", file);
    expect(first).toMatchObject({ isChanged: true, churn: { leadDays: 0 } });
    expect(first.because).toContain("% of the pauses in this log");
    expect(await readSettings(folder)).toEqual({ sources: [file], churn: first.churn });

    expect(await fill()).toEqual({ churn: first.churn, because: "--churn-days changes it", isChanged: false });
    expect(await fill("--log", file)).toMatchObject({ isChanged: false });
    expect(await fill("--churn-days", "3")).toMatchObject({ isChanged: true, churn: { churnDays: 3 } });
  });

  it("keeps how many lines were stored and left out, and why", async () => {
    const file = join(folder, "shop.csv");
    const rows = Array.from({ length: 60 }, (_, i) => `ann,${new Date(Date.UTC(2025, 9, 1 + i)).toISOString()},buy`);
    await writeFile(file, `user_id,timestamp,action\n${[...rows, ",2025-10-01,buy", "ann,never,buy"].join("\n")}\n`);
    await fill("--log", file);
    expect(imported).toMatchObject([{ name: "shop.csv", created: 60, known: 0 }]);
    expect(Object.values(imported[0]?.rejected ?? {})).toEqual([1, 1]);
    expect(JSON.stringify(imported)).not.toMatch(/\bann\b|never/);
  });

  it("recounts when other actions become passive, or users leave otherwise, without importing again", async () => {
    const file = join(folder, "mails.csv");
    const day = (i: number) => new Date(Date.UTC(2025, 6, 1 + i)).toISOString();
    const rows = Array.from({ length: 160 }, (_, i) => [
      `ann,${day(i)},email_offer`,
      ...(i % 40 === 0 ? [`ann,${day(i)},buy`] : []),
    ]).flat();
    await writeFile(file, `user_id,timestamp,action\n${rows.join("\n")}\n`);
    expect((await fill("--log", file)).churn.churnDays).toBe(30);
    await stores.actions.rollUp();
    await rm(file);

    const own = await fill("--passive-actions", "email_*");
    expect(own).toMatchObject({ isChanged: true, churn: { churnDays: 30, passive: ["email_*"] } });
    expect(await fill()).toMatchObject({ isChanged: false, churn: own.churn });
    expect(await fill("--churn-action", "stop")).toMatchObject({ isChanged: true, churn: { action: "stop" } });
    await expect(fill("--churn-action", "email_stop")).rejects.toThrow("error: --churn-action is passive.");
    await expect(fill("--return-action", "stop")).rejects.toThrow("error: --return-action must be another action.");
    expect((await readSettings(folder))?.churn?.action).toBe("stop");
    const { churn } = await fill("--churn-action", "none", "--passive-actions", "none");
    expect([churn.action, churn.passive]).toEqual([undefined, undefined]);
  });

  it("takes the churn window from how users pause themselves", async () => {
    const file = join(folder, "mails.csv");
    const day = (i: number) => new Date(Date.UTC(2024, 6, 1 + i)).toISOString();
    const rows = Array.from({ length: 500 }, (_, i) => [
      `ann,${day(i)},email_offer,true`,
      ...(i % 50 === 0 ? [`ann,${day(i)},buy,false`] : []),
    ]).flat();
    await writeFile(file, `user_id,timestamp,action,passive\n${rows.join("\n")}\n`);
    expect((await fill("--log", file)).churn.churnDays).toBe(60);
    expect((await stores.actions.extent())?.actions).toBe(10);
  });

  it("does not put the synthetic log beside a real one whose import was cut short", async () => {
    await writeSettings(folder, { sources: ["shop.csv"] });
    await expect(fill()).rejects.toThrow(
      "The import of shop.csv was cut short: start once more with the same --log or --git.",
    );
  });

  it("refuses a log without actions", async () => {
    const file = join(folder, "empty.csv");
    await writeFile(file, "user_id,timestamp,action\n");
    await expect(fill("--log", file)).rejects.toThrow(/no actions|is empty|no rows/);
    expect(await readSettings(folder)).toBeUndefined();
  });

  it("forgets a log none of whose rows can be used, so that the right one can follow", async () => {
    const [wrong, right] = [join(folder, "wrong.csv"), join(folder, "right.csv")];
    await writeFile(wrong, "user_id,timestamp,action\nann,2025-01-01,\n");
    await expect(fill("--log", wrong)).rejects.toThrow(/No row/);
    expect(await readSettings(folder)).toBeUndefined();
    await writeFile(right, "user_id,timestamp,action\nann,2025-01-01,buy\nann,2025-02-01,buy\n");
    expect(await fill("--log", right)).toMatchObject({ isChanged: true });
  });
});
