import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { DuckDbFeatureStore } from "#stores/features/duckdb/feature-store.ts";
import { DuckDbLedger } from "#stores/ledger/duckdb/ledger.ts";
import { DuckDbRunStore } from "#stores/runs/duckdb/run-store.ts";
import { DuckDbUserList } from "#stores/users/duckdb/user-list.ts";
import { describeScoreSlices } from "./slices.contract.ts";

describeScoreSlices("DuckDB", async (now) => {
  const database = await openDuckDb(":memory:");
  return {
    features: await DuckDbFeatureStore.open(database),
    users: await DuckDbUserList.open(database),
    ledger: await DuckDbLedger.open(database, { now }),
    runs: await DuckDbRunStore.open(database, { now }),
    dispose: () => database.close(),
  };
});
