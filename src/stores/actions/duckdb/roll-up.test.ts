import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DOUBLE, DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { mostValue } from "#churn/intake/number.ts";
import { monthNumber } from "../../month.ts";
import { rollUp } from "./roll-up.ts";
import { createActionTables } from "./schema.ts";

it.each([
  ["many days per user", 6_000, 45, undefined],
  ["one day per user", 30_000, 1, undefined],
  ["in parts, of which the last is smaller", 6_001, 45, 100_000],
  ["in more parts than users", 3, 2, 1],
])(
  "stores the user-days of a first roll-up in the order in which histories are read: %s",
  async (_, users, days, inPart) => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await createActionTables(connection);
    const firstDay = 19_700;
    // The latest first, so that nothing is in order by itself.
    await connection.run(`
    INSERT INTO actions SELECT 1, now()::TIMESTAMP_MS, 0, 0, ${monthNumber(firstDay)}, ${firstDay} + ${days} - 1 - n % ${days}, 0, user_id,
      chr((97 + n % 3)::INTEGER), NULL, false
    FROM (SELECT 'user-' || i AS user_id FROM range(${users}) AS every(i)), range(${days}) AS own(n) ORDER BY hash(user_id || n)`);
    expect(await rollUp(connection, inPart)).toEqual({ userDays: users * days, users });
    const places = await connection.run(`
    SELECT count(*) FILTER (place <> rank)::DOUBLE, count(*)::DOUBLE FROM (
      SELECT rowid AS place, row_number() OVER (ORDER BY number >> 24, user_id, day, action) - 1 AS rank
      FROM (SELECT *, user_days.rowid FROM user_days JOIN user_numbers USING (number)))`);
    expect(await places.getRowsJS()).toEqual([[0, users * days]]);
    connection.closeSync();
    instance.closeSync();
  },
);

it("tells user-days apart that need more than 32 bits to be numbered", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await createActionTables(connection);
  const days = [0, 19_700, 2 ** 23];
  await connection.run(`
    INSERT INTO actions SELECT 1, now()::TIMESTAMP_MS, 0, 0, 0, unnest([${days}]), 0, user_id, unnest(['c', 'b', 'a']), 1.5, false
    FROM (SELECT 'user-' || i % 5 AS user_id FROM range(10) AS every(i))`);
  expect(await rollUp(connection)).toEqual({ userDays: 15, users: 5 });
  const stored = await connection.run(`
    SELECT user_id, day, name, count, value FROM user_days JOIN user_numbers USING (number) JOIN action_names USING (action)
    ORDER BY user_id, day`);
  const ofUser = (user: number) => days.map((day, i) => [`user-${user}`, day, "cba"[i], 2, 3]);
  expect(await stored.getRowsJS()).toEqual([0, 1, 2, 3, 4].flatMap(ofUser));
  connection.closeSync();
  instance.closeSync();
});

it.each([1e300, -1e300, Number.NaN, 5])(
  "holds the values of a first roll-up to their bound, such as %d",
  async (value) => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await createActionTables(connection);
    await connection.run(
      "INSERT INTO actions SELECT 1, now()::TIMESTAMP_MS, 0, 0, 0, 1, 0, 'ann', 'buy', unnest([2.5, NULL, $1]), false",
      [value],
      [DOUBLE],
    );
    await rollUp(connection);
    const result = await connection.run("SELECT count, value FROM user_days");
    // DuckDB orders NaN above all numbers.
    const held = Math.min(mostValue, Math.max(-mostValue, Number.isNaN(value) ? mostValue : value));
    expect(await result.getRowsJS()).toEqual([[3, held + 2.5]]);
    connection.closeSync();
    instance.closeSync();
  },
);

it("has room in little memory for many users of long ids, though each has done one thing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-roll-up-"));
  const instance = await DuckDBInstance.create(join(folder, "lapse.duckdb"), { memory_limit: "32MiB", threads: "2" });
  const connection = await instance.connect();
  await createActionTables(connection);
  const [users, firstDay] = [450_000, 19_700];
  await connection.run(`
    INSERT INTO actions SELECT 1, now()::TIMESTAMP_MS, 0, 0, ${monthNumber(firstDay)}, ${firstDay}, 0, md5(i::VARCHAR) || '-user', 'buy', i % 9, false
    FROM range(${users}) AS every(i); CHECKPOINT`);
  expect(await rollUp(connection)).toEqual({ userDays: users, users });
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});
