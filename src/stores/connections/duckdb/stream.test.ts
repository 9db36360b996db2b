import type { DuckDBConnection } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { openDuckDb } from "./database.ts";

const slow = "SELECT sum(range) FROM range(30_000_000)";

it.each(["its reader", "the database"])(
  "a stream that reads ahead is closed by %s only when its query has ended, and asks no further",
  async (by) => {
    const database = await openDuckDb(":memory:");
    const heard: string[] = [];
    async function* source(connection: DuckDBConnection) {
      const ahead = async () => {
        await connection.run(slow);
        heard.push("read");
        await connection.run(slow);
        heard.push("read again");
      };
      ahead().catch((error: Error) => heard.push(error.message));
      yield 1;
      yield 2;
    }
    const stream = database.stream("read ahead", source);
    expect((await stream.next()).value).toBe(1);
    expect(heard).toEqual([]);
    if (by === "its reader") await stream.return(undefined);
    else await database.close();
    expect(heard).toEqual(["read", "The connection has ended"]);
    if (by === "its reader") await database.close();
  },
);
