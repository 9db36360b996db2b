import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { DOUBLE, type DuckDBConnection, DuckDBInstance, UTINYINT, VARCHAR } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Column, replaceUsers } from "./append.ts";

interface Row {
  readonly userId: string;
  readonly value: number;
}

const columns: Column<Row>[] = [
  ["value", DOUBLE, ({ value }) => value],
  // By the user: 1 for those without a digit at the end.
  ["bucket", UTINYINT, ({ userId }) => Number(userId.at(-1)) || 1],
  ["user_id", VARCHAR, ({ userId }) => userId],
];
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeEach(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
});

afterEach(() => {
  connection.closeSync();
  instance.closeSync();
});

describe("replaceUsers", () => {
  it("takes the columns in the order of the table, and the last of several rows of a user", async () => {
    await connection.run("CREATE TABLE t (bucket UTINYINT, user_id VARCHAR, value DOUBLE)");
    await replace([["ann", 1]]);
    await replace([
      ["ann", 2],
      ["bob", 3],
      ["ann", 4],
    ]);
    expect(await stored()).toEqual([
      [1, "ann", 4],
      [1, "bob", 3],
    ]);
  });

  it.each([
    ["none of them is stored", 300, 0],
    ["a few of them are stored", 300, 3],
    ["all of them are stored", 300, 300],
    ["more users of their buckets are stored than are looked at", 5_000, 10],
  ])("replaces each of many users once where %s", async (_, others, same) => {
    await connection.run("CREATE TABLE t (bucket UTINYINT, user_id VARCHAR, value DOUBLE)");
    const first = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, n): [string, number] => [`${prefix}-${n}`, 1]);
    await replace([...first("other", others), ...first("user", same)]);
    await replace(Array.from({ length: 300 }, (_, n): [string, number] => [`user-${n}`, 2]));
    const values = new Map((await stored()).map(([, userId, value]) => [userId, value]));
    expect(await stored()).toHaveLength(others + 300);
    expect(Array.from({ length: 300 }, (_, n) => values.get(`user-${n}`))).toEqual(new Array(300).fill(2));
  });

  it("leaves NULL what a table of another version has besides, and refuses columns that it lacks", async () => {
    await connection.run("CREATE TABLE t (bucket UTINYINT, more INTEGER[], user_id VARCHAR, value DOUBLE)");
    await replace([["ann", 1]]);
    expect(await stored()).toEqual([[1, null, "ann", 1]]);
    await connection.run("ALTER TABLE t DROP COLUMN value");
    await expect(replace([["ann", 1]])).rejects.toThrow("The table t has no column value");
  });

  it("leaves nothing behind when it fails midway, not even once its appender is collected as garbage", async () => {
    await connection.run("CREATE TABLE t (bucket UTINYINT, user_id VARCHAR, value DOUBLE)");
    const rows = Array.from({ length: 5_000 }, (_, n): Row => ({ userId: `user-${n}`, value: n }));
    const failing: Column<Row>[] = columns.map(([name, type, value]) => [
      name,
      type,
      (row) => {
        if (name === "value" && row.value === 3_000) throw new RangeError("3,000 is none");
        return value(row);
      },
    ]);
    await connection.run("BEGIN");
    await expect(replaceUsers(connection, "t", failing, rows)).rejects.toThrow("3,000 is none");
    await connection.run("ROLLBACK");
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    for (let i = 0; i < 5; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await stored()).toEqual([]);
  });
});

async function replace(rows: readonly (readonly [userId: string, value: number])[]): Promise<void> {
  await replaceUsers(
    connection,
    "t",
    columns,
    rows.map(([userId, value]) => ({ userId, value })),
  );
}

async function stored() {
  return (await connection.run("FROM t ORDER BY user_id")).getRowsJS();
}
