import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDb } from "../../connections/duckdb/database.ts";
import { describeContactStore } from "../contact-store.contract.ts";
import { DuckDbContactStore } from "./contact-store.ts";

describeContactStore("DuckDbContactStore", async () => {
  const directory = await mkdtemp(join(tmpdir(), "lapse-contacts-"));
  const path = join(directory, "lapse.duckdb");
  let database = await openDuckDb(path);
  return {
    store: await DuckDbContactStore.open(database),
    reopen: async () => {
      await database.close();
      database = await openDuckDb(path);
      return DuckDbContactStore.open(database);
    },
    dispose: async () => {
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
});
