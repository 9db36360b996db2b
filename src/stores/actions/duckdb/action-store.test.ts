import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
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
