import * as z from "zod";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";

// Started, and killed, by conversion.test.ts of the actions in DuckDB: opens a file, and says when it begins and when it is done.

const [path] = z.tuple([z.string()]).parse(process.argv.slice(2));
const database = await openDuckDb(path);
process.stdout.write("opening\n");
await DuckDbActionStore.open(database, { now: Date.now });
process.stdout.write("open\n");
// Until it is killed, with what it has written still in the log beside the file.
setInterval(() => undefined, 60_000);
