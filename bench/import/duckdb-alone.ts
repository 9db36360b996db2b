import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { sameFeaturesSql, windowsSql } from "./duckdb-features.ts";

/**
 * The same work by DuckDB alone, as one would write it in SQL, with its fastest settings: what the columns hold is known,
 * and nothing is checked. Prints JSON.
 *
 *     npx tsx bench/import/duckdb-alone.ts FILE [same|windows]
 */
const path = process.argv[2] ?? "";
const features = process.argv[3] === "windows" ? windowsSql : sameFeaturesSql;
const directory = await mkdtemp(join(tmpdir(), "duckdb-bench-"));
const instance = await DuckDBInstance.create(join(directory, "alone.duckdb"), {
  memory_limit: "512MB",
  preserve_insertion_order: "false",
});
const connection = await instance.connect();

const started = performance.now();
const processor = process.cpuUsage();
await connection.run(
  `CREATE TABLE actions AS SELECT DISTINCT ON (id) *
   FROM (SELECT *, md5_number(concat_ws(chr(0), user_id, "timestamp", action, value)) AS id
     FROM read_csv('${path}', header = true, auto_detect = false, delim = ',', columns = {'user_id': 'VARCHAR',
       'timestamp': 'TIMESTAMP', 'action': 'VARCHAR', 'value': 'DOUBLE'}))`,
);
const stored = performance.now();
await connection.run(
  `CREATE TABLE user_days AS SELECT user_id, "timestamp"::DATE AS day, action, count(*) AS count, sum(value) AS value
   FROM actions GROUP BY ALL ORDER BY user_id, day`,
);
const rolledUp = performance.now();
await connection.run(`CREATE TABLE features AS ${features}`);
await connection.run("CHECKPOINT");
const ended = performance.now();
const { user, system } = process.cpuUsage(processor);
console.log(
  JSON.stringify({
    stored: (stored - started) / 1000,
    rolledUp: (rolledUp - stored) / 1000,
    features: (ended - rolledUp) / 1000,
    processor: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
await rm(directory, { recursive: true });
