import { afterEach, beforeEach, expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { type DuckDbDatabase, openDuckDb } from "../../connections/duckdb/database.ts";
import type { DuckDbSession } from "../../connections/duckdb/session.ts";
import { DuckDbActionStore } from "./action-store.ts";
import { IdFilter } from "./id-filter.ts";
import { KnownIds } from "./known-ids.ts";
import { actionRows } from "./rows.ts";

let database: DuckDbDatabase;
let session: DuckDbSession;
let store: DuckDbActionStore;

beforeEach(async () => {
  database = await openDuckDb(":memory:");
  store = await DuckDbActionStore.open(database, { now: () => 0 });
  session = await database.session();
});
afterEach(() => database.close());

const actions = (month: number, count: number, name = "a"): Action[] =>
  Array.from({ length: count }, (_, i) => ({ userId: "u", action: name, time: Date.UTC(2024, month, 1) + i }));

const suspects = (known: KnownIds, some: readonly Action[]) =>
  session.run("look", (connection) => known.suspects(connection, actionRows(some)));

it("are those of the store, and those that are added", async () => {
  await store.append(actions(0, 3));
  const known = new KnownIds();
  expect(await suspects(known, [...actions(0, 3), ...actions(0, 2, "b"), ...actions(1, 1)])).toEqual([0, 1, 2]);
  known.add(actionRows([...actions(0, 1, "b"), ...actions(1, 1)]));
  expect(await suspects(known, [...actions(0, 2, "b"), ...actions(1, 2)])).toEqual([0, 2]);
});

it("are read anew once they are forgotten", async () => {
  const known = new KnownIds();
  expect(await suspects(known, actions(0, 2))).toEqual([]);
  await store.append(actions(0, 2));
  known.forget();
  expect(await suspects(known, actions(0, 3))).toEqual([0, 1]);
});

it("are all of a month without room; older months make room for newer ones, and not the other way", async () => {
  const known = new KnownIds(2 * IdFilter.bytesFor(0));
  const [january, february, march] = [0, 1, 2].map((month) => actions(month, 1));
  expect(await suspects(known, [...february!, ...march!])).toEqual([]);
  expect(await suspects(known, [...january!, ...february!, ...march!])).toEqual([0]);
  const april = actions(3, 1);
  expect(await suspects(known, april)).toEqual([]);
  expect(await suspects(known, [...february!, ...march!, ...april])).toEqual([0]);
});
