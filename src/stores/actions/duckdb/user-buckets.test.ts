import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import { makeUserBuckets } from "./user-buckets.ts";

it("gives each user of the rows the bucket that it has everywhere", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const hard = ["", "é", "用户", "😀", "a\u0301", "x".repeat(5_000), "ann\u0000", "'", " ann "];
  const ids = [...hard, ...Array.from({ length: 5_000 }, (_, n) => `user-${n}`)];
  await connection.run("CREATE TABLE rows (user_id VARCHAR)");
  for (const id of [...hard, ...hard]) await connection.run("INSERT INTO rows VALUES ($1)", [id]);
  await connection.run(
    "INSERT INTO rows SELECT 'user-' || n FROM range(5000) a(n), range(3); INSERT INTO rows VALUES (NULL)",
  );
  await makeUserBuckets(connection, "SELECT user_id FROM rows");
  const found = await (await connection.run("SELECT user_id, bucket FROM user_buckets")).getRowsJS();
  expect(found).toHaveLength(ids.length);
  expect(new Map(found.map(([id, bucket]) => [id, bucket]))).toEqual(new Map(ids.map((id) => [id, bucketOf(id)])));
  connection.closeSync();
  instance.closeSync();
});
