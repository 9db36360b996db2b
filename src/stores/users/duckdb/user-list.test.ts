import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
