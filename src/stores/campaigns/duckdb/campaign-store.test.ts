import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDb } from "../../connections/duckdb/database.ts";
import { describeCampaignStore } from "../campaign-store.contract.ts";
import { DuckDbCampaignStore } from "./campaign-store.ts";

describeCampaignStore("DuckDbCampaignStore", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lapse-campaigns-"));
  const path = join(directory, "lapse.duckdb");
  let database = await openDuckDb(path);
  return {
    store: await DuckDbCampaignStore.open(database),
    reopen: async () => {
      await database.close();
      database = await openDuckDb(path);
      return DuckDbCampaignStore.open(database);
    },
    dispose: async () => {
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
});
