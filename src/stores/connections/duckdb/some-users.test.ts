import { expect, it } from "vitest";
import * as z from "zod";
import { oddUserIds } from "#test/support/odd-user-ids.ts";
import { openDuckDb } from "./database.ts";
import { readRows } from "./read.ts";
import { userIdIn, userIdsText } from "./some-users.ts";

it("finds users of any id, and those whose id has half a pair of UTF-16 as they are stored", async () => {
  const database = await openDuckDb(":memory:");
  const session = await database.session();
  const stored = [...oddUserIds, "half \ufffd", "\\ud800", "other"];
  const asked = [...oddUserIds, "half \ud83d", "\\ud800", "nobody"];
  const found = await session.run("look", async (connection) => {
    await connection.run("CREATE TABLE people (user_id VARCHAR)");
    for (const id of stored) await connection.run("INSERT INTO people VALUES ($1)", [id]);
    const sql = `SELECT user_id FROM people WHERE ${userIdIn("$1")}`;
    return readRows(await connection.run(sql, [userIdsText(asked)]), z.tuple([z.string()]));
  });
  expect(found.flat().sort()).toEqual(stored.slice(0, -1).sort());
  await database.close();
});
