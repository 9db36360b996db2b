import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Action, actionDigest } from "#churn/action.ts";
import { dayOf } from "#churn/day.ts";
import { openDuckDb } from "../../connections/duckdb/database.ts";
import { StoreUnavailable } from "../../failures.ts";
import { monthNumber } from "../../month.ts";
import { DuckDbActionStore } from "./action-store.ts";

let folder = "";
let store: DuckDbActionStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-staged-"));
  store = await DuckDbActionStore.open(await openDuckDb(":memory:"), { now: Date.now });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const at = (userId: string, day: string, more: Partial<Action> = {}): Action => ({
  userId,
  action: "buy",
  time: Date.parse(`2024-${day}T12:00:00Z`),
  ...more,
});

/** A file as an import makes it. */
async function staged(name: string, actions: readonly Action[]): Promise<string> {
  const file = join(folder, name);
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE actions (id_high UBIGINT, id_low UBIGINT, month INTEGER, day INTEGER,
    time DOUBLE, user_id VARCHAR, action VARCHAR, value DOUBLE, passive BOOLEAN, event_id VARCHAR, row BIGINT)`);
  for (const [row, action] of actions.entries()) {
    const digest = Buffer.from(actionDigest(action), "latin1");
    const day = dayOf(action.time);
    await connection.run(`INSERT INTO actions VALUES (${digest.readBigUInt64LE(8)}, ${digest.readBigUInt64LE(0)}, ${monthNumber(day)},
      ${day}, ${action.time}, '${action.userId}', '${action.action}', ${action.value ?? "NULL"},
      ${action.passive ?? false},
      ${action.eventId === undefined ? "NULL" : `'${action.eventId}'`}, ${row})`);
  }
  connection.closeSync();
  instance.closeSync();
  return file;
}

describe("DuckDbActionStore.appendStaged", () => {
  it("stores what append would, once, whichever comes first", async () => {
    const actions = [at("ann", "03-01"), at("ann", "03-02", { value: 2.5 }), at("bob", "04-01", { eventId: "e1" })];
    await store.append(actions.slice(0, 1));
    const file = await staged("a.duckdb", actions);
    expect(await store.appendStaged(file)).toEqual({ created: 2, duplicates: 1, contradicting: 0 });
    expect(await store.appendStaged(file)).toEqual({ created: 0, duplicates: 3, contradicting: 0 });
    expect((await store.append(actions)).map(({ status }) => status)).toEqual(Array(3).fill("duplicate"));
    expect(await store.rollUp()).toEqual({ userDays: 3, users: 2 });
    expect((await store.historiesOf(["ann"])).get("ann")?.days.map(({ count, value }) => [count, value])).toEqual([
      [1, 0],
      [1, 2.5],
    ]);
  });

  it("keeps what is stored under an id that comes with other content, and counts it", async () => {
    await store.append([at("ann", "03-01", { eventId: "e1" }), at("ann", "03-02", { eventId: "e2" })]);
    const file = await staged("b.duckdb", [
      at("bob", "03-01", { eventId: "e1" }),
      at("ann", "03-02", { eventId: "e2" }),
    ]);
    expect(await store.appendStaged(file)).toEqual({ created: 0, duplicates: 1, contradicting: 1 });
  });

  it("stores nothing where more than may be have an id that comes with other content", async () => {
    await store.append([at("ann", "03-01", { eventId: "e1" })]);
    const file = await staged("d.duckdb", [at("bob", "03-01", { eventId: "e1" }), at("ann", "03-02")]);
    expect(await store.appendStaged(file, 0)).toEqual({ created: 0, duplicates: 0, contradicting: 1 });
    expect(await store.appendStaged(file, 1)).toEqual({ created: 1, duplicates: 0, contradicting: 1 });
  });

  it("is rolled up though actions are appended at the same time", async () => {
    const file = await staged("c.duckdb", [at("ann", "03-01"), at("ann", "03-05")]);
    const [outcome] = await Promise.all([store.appendStaged(file), store.append([at("bob", "03-01")])]);
    expect(outcome.created).toBe(2);
    expect(await store.rollUp()).toEqual({ userDays: 3, users: 2 });
  });

  it("stores nothing of a file that is absent, and goes on", async () => {
    await expect(store.appendStaged(join(folder, "absent.duckdb"))).rejects.toThrow(StoreUnavailable);
    expect(await store.append([at("ann", "03-01")])).toEqual([{ status: "created" }]);
  });
});
