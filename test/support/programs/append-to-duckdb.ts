import * as z from "zod";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { appendForEver } from "./append-for-ever.ts";

// Started, and killed, by crash.test.ts of the actions in DuckDB.

const [path, first] = z.tuple([z.string(), z.coerce.number()]).parse(process.argv.slice(2));
await appendForEver(await DuckDbActionStore.open(await openDuckDb(path), { now: Date.now }), first);
