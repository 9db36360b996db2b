import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDb } from "../../connections/duckdb/database.ts";
import { describeFeatureStore } from "../feature-store.contract.ts";
import { DuckDbFeatureStore } from "./feature-store.ts";

describeFeatureStore("DuckDbFeatureStore", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lapse-features-"));
  const path = join(directory, "lapse.duckdb");
  let database = await openDuckDb(path);
  return {
    store: await DuckDbFeatureStore.open(database),
    reopen: async () => {
      await database.close();
      database = await openDuckDb(path);
      return DuckDbFeatureStore.open(database);
    },
    dispose: async () => {
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
});
