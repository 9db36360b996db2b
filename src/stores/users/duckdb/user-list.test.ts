import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { listedUser } from "#test/support/listed-user.ts";
import { openDuckDb } from "../../connections/duckdb/database.ts";
import { describeUserList } from "../user-list.contract.ts";
import { DuckDbUserList } from "./user-list.ts";

describeUserList("DuckDbUserList", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lapse-users-"));
  const path = join(directory, "lapse.duckdb");
  let database = await openDuckDb(path);
  return {
    list: await DuckDbUserList.open(database),
    reopen: async () => {
      await database.close();
      database = await openDuckDb(path);
      return DuckDbUserList.open(database);
    },
    dispose: async () => {
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
});

it("takes who was at high risk for at risk in a file in which this was not kept yet, and keeps scores from then on", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lapse-users-"));
  const database = await openDuckDb(join(directory, "lapse.duckdb"));
  const before = await DuckDbUserList.open(database);
  const users = (["high", "medium"] as const).map((risk) => listedUser(risk, { risk, snapshot: 20_454 }));
  const night = (snapshot: number) => users.map((user) => ({ ...user, snapshot }));
  await before.put(night(20_454), 1);
  await before.put(night(20_455), 2);
  await before.close();
  const session = await database.session();
  await session.run("make it an old file", (connection) =>
    connection.run(
      "ALTER TABLE listed_users DROP COLUMN was_at_risk; ALTER TABLE listed_users DROP COLUMN former_scores",
    ),
  );
  const list = await DuckDbUserList.open(database);
  const was = async () =>
    [...(await list.get(["high", "medium"])).values()].map((user) => [user.userId, user.wasAtRisk]);
  expect((await was()).sort()).toEqual([
    ["high", true],
    ["medium", false],
  ]);
  await list.put(
    users.map((user) => ({ ...user, snapshot: 20_456, risk: "low" })),
    3,
  );
  expect((await list.totals({})).moved).toEqual({ entered: 0, calmed: 1, lost: 0 });
  const { users: shown } = await list.page({ filter: {}, order: "user_id", limit: 2, withFormerScores: true });
  expect(shown.map(({ formerScores }) => formerScores)).toEqual(
    Array(2).fill([{ snapshot: 20_455, probability: 0.125 }]),
  );
  await database.close();
  await rm(directory, { recursive: true });
});
