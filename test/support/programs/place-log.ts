import * as z from "zod";
import { readLog } from "#scripts/log/read-log.ts";

// Started, and killed, by place-actions.test.ts: reads a log and places it in a database that it makes, and tells when it has done either.

const [log, database, now] = z.tuple([z.string(), z.string(), z.coerce.number()]).parse(process.argv.slice(2));
const { staged } = await readLog([log], {}, now);
console.log("read");
await staged?.place?.(database);
console.log("placed");
setInterval(() => undefined, 1_000);
