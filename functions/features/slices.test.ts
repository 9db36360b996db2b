import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { DuckDbFeatureStore } from "#stores/features/duckdb/feature-store.ts";
import { DuckDbRunStore } from "#stores/runs/duckdb/run-store.ts";
import { describeFeatureSlices } from "./slices.contract.ts";

describeFeatureSlices("DuckDB", async (now) => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-slices-"));
  const database = await openDuckDb(join(folder, "lapse.duckdb"));
  return {
    actions: await DuckDbActionStore.open(database, { now }),
    features: await DuckDbFeatureStore.open(database),
    runs: await DuckDbRunStore.open(database, { now }),
    dispose: async () => {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
});
