import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayOf } from "#churn/day.ts";
import { DuckDbActionStore } from "../../actions/duckdb/action-store.ts";
import { openDuckDb } from "./database.ts";
import { Room, type RoomOptions } from "./room.ts";

let folder: string;
let path: string;
let time: number;
let warnings: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-room-"));
  path = join(folder, "lapse.duckdb");
  time = Date.UTC(2026, 0, 1);
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true }));

const megabyte = 1024 * 1024;
const room = (options: Partial<RoomOptions>) =>
  new Room({
    path,
    mostBytes: undefined,
    leastFree: 0,
    now: () => time,
    warn: (message) => warnings.push(message),
    ...options,
  });
const nothing = async () => 0;
const grow = (bytes: number) => writeFile(path, Buffer.alloc(bytes));

describe("the room of the embedded database", () => {
  it("ends at the limit, and is told to end from four fifths of it on, once an hour", async () => {
    const limited = room({ mostBytes: 10 * megabyte });
    await grow(7 * megabyte);
    await limited.require(nothing);
    expect(warnings).toEqual([]);

    await grow(9 * megabyte);
    for (const minutes of [1, 2, 3]) {
      time += minutes * 60_000;
      await limited.require(nothing);
    }
    expect(warnings).toEqual([expect.stringMatching(/takes 9 MB of 10 MB \(DATA_LIMIT\).*lapse retain/)]);
    time += 3_600_000;
    await limited.require(nothing);
    expect(warnings).toHaveLength(2);

    await grow(10 * megabyte);
    time += 1_000;
    await expect(limited.require(nothing)).rejects.toMatchObject({
      kind: "full",
      message: expect.stringMatching(/DATA_LIMIT/),
    });
    await grow(5 * megabyte);
    time += 1_000;
    await limited.require(nothing);
  });

  it("ends before the disk is full", async () => {
    const { free } = await room({}).state();
    await expect(room({ leastFree: 2 * free }).require(nothing)).rejects.toMatchObject({
      kind: "full",
      message: expect.stringMatching(/DATA_FREE/),
    });
    await room({ leastFree: Math.floor(free / 2) }).require(nothing);
    expect(warnings).toEqual([expect.stringMatching(/its disk has .* left/)]);
  });

  it("is asked for before actions are stored: a caller gets the reason, and can send again later", async () => {
    const database = await openDuckDb(path);
    const limits = { mostBytes: 1 };
    const store = await DuckDbActionStore.open(database, {
      now: () => time,
      room: { require: (reusable) => room(limits).require(reusable) },
    });
    const action = { userId: "ana", action: "login", time: time - 1, source: "/s", eventId: "1" };
    const refused: unknown = await store.append([action]).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: "full", publicMessage: expect.stringContaining("DATA_LIMIT") });
    expect(refused).not.toMatchObject({ publicMessage: expect.stringContaining(folder) });
    expect(await store.extent()).toBeUndefined();

    limits.mostBytes = 100 * megabyte;
    expect(await store.append([action])).toEqual([{ status: "created" }]);
    await store.close();
    await database.close();
  });

  it("is there again once old months are deleted, though the file is as large as before", async () => {
    const database = await openDuckDb(path);
    const limits = { mostBytes: 100 * megabyte };
    let used = 0;
    const store = await DuckDbActionStore.open(database, {
      now: () => time,
      room: {
        require: async (reusable) => {
          const looked = room(limits);
          await looked.require(reusable).finally(async () => {
            used = (await looked.state()).used;
          });
        },
      },
    });
    for (const at of [Date.UTC(2025, 0, 5), Date.UTC(2025, 11, 5)]) {
      const users = Array.from({ length: 40_000 }, (_, i) => `user-${i}`);
      await store.append(users.map((userId) => ({ userId, action: "login", time: at, eventId: `${at}-${userId}` })));
    }
    const next = { userId: "ana", action: "login", time: time - 1, eventId: "1" };
    limits.mostBytes = 1;
    await expect(store.append([next])).rejects.toMatchObject({ kind: "full" });
    limits.mostBytes = used;
    await expect(store.append([next])).rejects.toMatchObject({ kind: "full" });

    expect(await store.dropMonthsBefore(dayOf(Date.UTC(2025, 5, 1)))).toMatchObject({ actions: 40_000 });
    expect(await store.append([next])).toEqual([{ status: "created" }]);
    await store.close();
    await database.close();
  });
});
