import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDb } from "../../connections/duckdb/database.ts";
import { describeLedger } from "../ledger.contract.ts";
import { DuckDbLedger } from "./ledger.ts";

describeLedger("DuckDbLedger", async (now) => {
  const directory = await mkdtemp(join(tmpdir(), "lapse-ledger-"));
  const path = join(directory, "lapse.duckdb");
  let database = await openDuckDb(path);
  return {
    ledger: await DuckDbLedger.open(database, { now }),
    reopen: async () => {
      await database.close();
      database = await openDuckDb(path);
      return DuckDbLedger.open(database, { now });
    },
    dispose: async () => {
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
});
