import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
