import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDb } from "../../connections/duckdb/database.ts";
import { describeRunStore } from "../run-store.contract.ts";
import { DuckDbRunStore } from "./run-store.ts";

describeRunStore("DuckDbRunStore", async (now) => {
  const directory = await mkdtemp(join(tmpdir(), "lapse-runs-"));
  const path = join(directory, "lapse.duckdb");
  let database = await openDuckDb(path);
  const store = await DuckDbRunStore.open(database, { now });
  return {
    store,
    other: store,
    reopen: async () => {
      await database.close();
      database = await openDuckDb(path);
      return DuckDbRunStore.open(database, { now });
    },
    dispose: async () => {
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
});
