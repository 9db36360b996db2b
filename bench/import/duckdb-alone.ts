import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

// npx tsx bench/import/duckdb-alone.ts FILE: the same work by DuckDB alone, in five statements. Prints JSON.
const path = process.argv[2] ?? "";
const directory = await mkdtemp(join(tmpdir(), "duckdb-bench-"));
const instance = await DuckDBInstance.create(join(directory, "alone.duckdb"), { memory_limit: "512MB" });
const connection = await instance.connect();

const started = performance.now();
await connection.run(
  `CREATE TABLE read AS SELECT *, sha256(concat_ws(chr(0), user_id, "timestamp", action, value)) AS id
   FROM read_csv('${path}', header = true, types = {'user_id': 'VARCHAR', 'timestamp': 'TIMESTAMP', 'value': 'DOUBLE'})`,
);
await connection.run("CREATE TABLE actions AS SELECT DISTINCT ON (id) * FROM read");
const stored = performance.now();
await connection.run(
  `CREATE TABLE user_days AS SELECT user_id, "timestamp"::DATE AS day, action, count(*) AS count, sum(value) AS value
   FROM actions GROUP BY ALL ORDER BY user_id, day`,
);
const rolledUp = performance.now();
const windows = [3, 10, 30, 60, 120];
const columns = windows.flatMap((days) => {
  const within = `FILTER (day >= DATE '2024-01-01' - ${days})`;
  return [
    `sum(count) ${within}`,
    `count(DISTINCT day) ${within}`,
    `sum(value) ${within}`,
    ...["login", "search", "purchase"].map(
      (action) => `sum(count) FILTER (day >= DATE '2024-01-01' - ${days} AND action = '${action}')`,
    ),
  ];
});
await connection.run(
  `CREATE TABLE features AS SELECT user_id, max(day) AS last, min(day) AS first, ${columns.join(", ")}
   FROM user_days GROUP BY user_id`,
);
const ended = performance.now();
console.log(
  JSON.stringify({
    stored: (stored - started) / 1000,
    rolledUp: (rolledUp - stored) / 1000,
    features: (ended - rolledUp) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
await rm(directory, { recursive: true });
