import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDb } from "../duckdb/database.ts";
import { DuckDbFeatureStore } from "./duckdb-feature-store.ts";
import { describeFeatureStore } from "./feature-store.contract.ts";

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
