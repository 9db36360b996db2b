import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Action, bucketOf } from "#churn/action.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { toFormerUserDays } from "#test/support/former-user-days.ts";
import { openDuckDb } from "../../connections/duckdb/database.ts";
import { describeActionStore } from "../action-store.contract.ts";
import { DuckDbActionStore } from "./action-store.ts";

describeActionStore("DuckDbActionStore", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lapse-actions-"));
  const path = join(directory, "lapse.duckdb");
  const now = () => Date.parse("2024-05-01T12:00:00Z");
  let database = await openDuckDb(path);
  const store = await DuckDbActionStore.open(database, { now });
  return {
    actions: store,
    reopen: async () => {
      await database.close();
      database = await openDuckDb(path);
      return DuckDbActionStore.open(database, { now });
    },
    dispose: async () => {
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
});

it("DuckDbActionStore goes on with a file of before there were passive actions", async () => {
  const database = await openDuckDb(":memory:");
  const now = () => 0;
  const time = Date.parse("2024-05-01");
  const old = await DuckDbActionStore.open(database, { now });
  await old.append([{ userId: "ann", action: "login", time }]);
  await old.close();
  const session = await database.session();
  await session.run("make it an old file", (connection) => connection.run("ALTER TABLE actions DROP COLUMN passive"));
  const store = await DuckDbActionStore.open(database, { now });
  await store.append([{ userId: "ann", action: "email", time, passive: true }]);
  expect(await store.rollUp()).toEqual({ userDays: 1, users: 1 });
  expect(await store.actionFrequencies()).toEqual([{ action: "login", users: 1, count: 1 }]);
  await database.close();
});

it("DuckDbActionStore goes on with a file of before the roll-up found out the buckets of users", async () => {
  const database = await openDuckDb(":memory:");
  const now = () => 0;
  const time = Date.parse("2024-05-01");
  const action = { userId: "ann", action: "login", time };
  const old = await DuckDbActionStore.open(database, { now });
  await old.append([action]);
  await old.close();
  const session = await database.session();
  await session.run("make it an old file", (connection) =>
    connection.run(`CREATE OR REPLACE TABLE actions AS
      SELECT batch, ingested, id_high, id_low, month, day, 7::UTINYINT AS bucket, time, user_id, action, value, passive FROM actions`),
  );
  const store = await DuckDbActionStore.open(database, { now });
  expect(await store.append([action, { ...action, value: 2.5 }])).toEqual([
    { status: "duplicate" },
    { status: "created" },
  ]);
  expect(await store.rollUp()).toEqual({ userDays: 1, users: 1 });
  const bucket = bucketOf("ann");
  const found: unknown[] = [];
  for await (const { userId, days } of store.histories({ fromBucket: bucket, beforeBucket: bucket + 1 }))
    found.push([userId, days[0]?.count, days[0]?.value]);
  expect(found).toEqual([["ann", 2, 2.5]]);
  expect((await store.erase(["ann"])).actions).toBe(2);
  await database.close();
});

/** A store of actions of many users, each with some days, and the session by which to look into its database. */
async function filled() {
  const database = await openDuckDb(":memory:");
  const store = await DuckDbActionStore.open(database, { now: () => 0 });
  await store.append(actionsOf(0, 400, 3));
  await store.rollUp();
  const session = await database.session();
  const run = (sql: string) => session.run("look", async (connection) => (await connection.run(sql)).getRowsJS());
  return { database, store, run };
}

function actionsOf(from: number, before: number, days: number): Action[] {
  return Array.from({ length: (before - from) * days }, (_, i) => ({
    userId: `user-${from + Math.floor(i / days)}`,
    action: i % 7 === 0 ? "buy" : "login",
    time: Date.parse("2024-03-30") + (i % days) * 86_400_000,
    value: i % 7 === 0 ? i / 8 : undefined,
  }));
}

async function historiesIn(store: DuckDbActionStore): Promise<UserHistory[]> {
  const found: UserHistory[] = [];
  for await (const history of store.histories()) found.push(history);
  return found;
}

it("DuckDbActionStore goes on with the user-days of before users had numbers", async () => {
  const { database, store, run } = await filled();
  const [before, extent, frequencies] = [
    await historiesIn(store),
    await store.extent(),
    await store.actionFrequencies(),
  ];
  expect(before).toHaveLength(400);
  await store.close();
  await run(toFormerUserDays);
  const reopened = await DuckDbActionStore.open(database, { now: () => 0 });
  expect(await historiesIn(reopened)).toEqual(before);
  expect([await reopened.extent(), await reopened.actionFrequencies()]).toEqual([extent, frequencies]);
  expect(await reopened.historiesOf(["user-7"])).toEqual(
    new Map([["user-7", before.find(({ userId }) => userId === "user-7")]]),
  );
  // Of users who are known and of others.
  await reopened.append(actionsOf(390, 410, 5));
  expect((await reopened.rollUp()).users).toBe(20);
  const anew = await filled();
  await anew.store.append(actionsOf(390, 410, 5));
  await anew.store.rollUp();
  expect(await historiesIn(reopened)).toEqual(await historiesIn(anew.store));
  expect(await reopened.erase(["user-7", "user-8", "user-405"])).toEqual({ actions: 11, userDays: 11 });
  await Promise.all([database.close(), anew.database.close()]);
});

it("DuckDbActionStore leaves out user-days of nobody of before users had numbers", async () => {
  const { database, store, run } = await filled();
  await store.close();
  await run(`
    CREATE TABLE former AS SELECT (number >> 24)::UTINYINT AS bucket, CASE WHEN user_id <> 'user-9' THEN user_id END AS user_id,
      0 AS month, day, action, count, value FROM user_days JOIN user_numbers USING (number);
    DROP TABLE user_days; DROP TABLE user_numbers; ALTER TABLE former RENAME TO user_days`);
  const reopened = await DuckDbActionStore.open(database, { now: () => 0 });
  const left: number[] = [];
  const found: string[] = [];
  for await (const { userId } of reopened.histories({ onLeftOut: (users) => void left.push(users) }))
    found.push(userId);
  expect(found).toHaveLength(399);
  expect(left).toEqual([1]);
  await database.close();
});

it("DuckDbActionStore has the same histories in the same order whether users come at once or one after the other", async () => {
  const { database, store } = await filled();
  const database2 = await openDuckDb(":memory:");
  const slow = await DuckDbActionStore.open(database2, { now: () => 0 });
  for (const [from, before] of [
    [200, 300],
    [0, 1],
    [290, 400],
    [0, 201],
  ] as const) {
    await slow.append(actionsOf(0, 400, 3).slice(3 * from, 3 * before));
    await slow.rollUp();
  }
  expect(await historiesIn(slow)).toEqual(await historiesIn(store));
  await Promise.all([database.close(), database2.close()]);
});

it("DuckDbActionStore keeps no id of who was erased, or has no day left", async () => {
  const { database, store, run } = await filled();
  const idsLike = (pattern: string) =>
    run(`SELECT count(*)::INTEGER FROM user_numbers WHERE user_id LIKE '${pattern}'`);
  expect(await idsLike("user-7%")).toEqual([[11]]);
  await store.erase(["user-7", "user-70"]);
  expect(await idsLike("user-7%")).toEqual([[9]]);
  await store.append([{ userId: "late", action: "login", time: Date.parse("2024-05-01") }]);
  await store.rollUp();
  await store.dropMonthsBefore(Date.parse("2024-05-01") / 86_400_000);
  expect(await run("SELECT user_id FROM user_numbers")).toEqual([["late"]]);
  expect((await historiesIn(store)).map(({ userId }) => userId)).toEqual(["late"]);
  await database.close();
});
