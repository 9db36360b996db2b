/**
 * Loads the predict function in turns with its peers, and prints requests per second, latency and processor time: single
 * vectors, single users by twenty actions, single vectors that are explained, and single user ids whose features are in
 * memory (warm) or in the store alone (cold), embedded and in Elasticsearch; FastAPI + scikit-learn by vector and by an id
 * that a dictionary knows; a server of bare Node that predicts nothing; and an older checkout of lapse where one is given.
 * Each server has one process on one core, wrk another. With --awake a process of the lowest priority keeps wrk's core from sleeping, so
 * that no server pays for waking it: on a virtual machine that takes the waker as long as a prediction or two.
 *
 *     apt-get -y install wrk python3-sklearn python3-fastapi uvicorn python3-uvloop python3-httptools   (Debian 12)
 *     ELASTICSEARCH_URL=http://127.0.0.1:9200 npx tsx bench/predict/compare.ts [--rounds 3] [--seconds 2]
 *         [--actions 12] [--users 20000] [--connections 1,8,32] [--before FOLDER] [--only PATTERN] [--awake]
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { ElasticsearchFeatureStore } from "#stores/features/elasticsearch/feature-store.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { type Contestant, startContestant } from "./contestant.ts";
import { type Asked, type LoadResult, load } from "./load.ts";
import { prepare } from "./predictor.ts";
import { putUsers } from "./users.ts";

const count = z.coerce.number().int().positive();
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "2" },
    actions: { type: "string", default: "12" },
    users: { type: "string", default: "20000" },
    connections: { type: "string", default: "1,8,32" },
    before: { type: "string" },
    only: { type: "string", default: "" },
    awake: { type: "boolean", default: false },
  },
});
const { rounds, seconds, actions, users, connections } = z
  .object({
    rounds: count,
    seconds: count,
    actions: count,
    users: count,
    connections: z.string().transform((text) => text.split(",").map((one) => count.parse(one))),
  })
  .parse(values);
const { before } = values;
const [serverCore, clientCore] = [0, 1];
/** Few enough to be in memory after a moment. */
const warmUsers = 500;
// The Debian package, whatever other Pythons there are.
const python = "/usr/bin/python3";
const bareNode = fileURLToPath(new URL("bare-node.ts", import.meta.url));
const here = fileURLToPath(new URL("../..", import.meta.url));

/** What is measured: a server, and what it is asked for. */
interface Entry {
  readonly name: string;
  readonly server: Contestant;
  readonly asked: Asked;
}

const bench = await prepare(actions, users, before === undefined ? [here] : [here, before]);
const elasticsearch = process.env.ELASTICSEARCH_URL === undefined ? undefined : testConnection();
const started: Contestant[] = [];
const awake = values.awake ? keepAwake(clientCore) : undefined;
try {
  const entries = (await allEntries()).filter(({ name }) => new RegExp(values.only).test(name));
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores; Node ${process.versions.node}; ${pythonVersions()}.`);
  console.log(
    `${bench.features} features, ${users} users; median of ${rounds} rounds of ${seconds} s in turns; load ${loadavg()[0]?.toFixed(1)}.`,
  );
  for (const number of connections) {
    const results = await resultsOf(entries, number);
    console.log(`\n${number} connection${number === 1 ? "" : "s"}`);
    console.table(Object.fromEntries([...results].map(([name, all]) => [name, shown(all)])));
  }
  console.log(`Load ${loadavg()[0]?.toFixed(1)} at the end.`);
} finally {
  awake?.kill();
  for (const server of started) await server.stop();
  if (elasticsearch !== undefined) {
    await removePrefix(elasticsearch);
    await elasticsearch.close();
  }
  await bench.remove();
}

async function allEntries(): Promise<Entry[]> {
  const vector: Asked = { bodyFile: bench.bodyFile };
  const [warm, cold] = [{ users: warmUsers }, { users }];
  // Holds few of the users, who are asked for in turn: each is gone when asked for again.
  const small = { FEATURES_MEMORY_MB: "1" };
  const [embedded, embeddedSmall] = [await lapse(), await lapse({ env: small })];
  const entries: Entry[] = [
    { name: "vectors", server: embedded, asked: vector },
    { name: "by actions", server: embedded, asked: { bodyFile: bench.actionsFile } },
    {
      name: "explained",
      server: { ...embedded, url: embedded.url.replace(":predict", ":explain") },
      asked: vector,
    },
    { name: "by id, warm, embedded", server: embedded, asked: warm },
    { name: "by id, cold, embedded", server: embeddedSmall, asked: cold },
  ];
  if (before !== undefined) {
    const old = await lapse({ checkout: before });
    entries.push({ name: "before: vectors", server: old, asked: vector });
    entries.push({ name: "before: by id, embedded", server: old, asked: cold });
  }
  if (elasticsearch !== undefined) {
    await putUsers(new ElasticsearchFeatureStore(elasticsearch, { now: Date.now }), bench.model, users);
    const { url, prefix } = elasticsearch.options;
    const env = { ELASTICSEARCH_URL: url, ELASTICSEARCH_PREFIX: prefix };
    entries.push({ name: "by id, warm, Elasticsearch", server: await lapse({ env }), asked: warm });
    entries.push({
      name: "by id, cold, Elasticsearch",
      server: await lapse({ env: { ...env, ...small } }),
      asked: cold,
    });
    if (before !== undefined)
      entries.push({
        name: "before: by id, Elasticsearch",
        server: await lapse({ checkout: before, env }),
        asked: cold,
      });
  }
  entries.push({ name: "FastAPI, vectors", server: await fastApi({}), asked: vector });
  entries.push({
    name: "FastAPI, by id",
    server: await fastApi({ USERS: `${users}` }, '{"instances":[{"user_id":"user-0"}]}'),
    asked: cold,
  });
  const bare = await startContestant({
    command: () => ["taskset", "--cpu-list", `${serverCore}`, process.execPath, "--import", "tsx", bareNode],
    env: {},
    body: bench.body,
  });
  started.push(bare);
  entries.push({ name: "bare Node, no prediction", server: bare, asked: vector });
  return entries;
}

async function lapse(options: { checkout?: string; env?: Readonly<Record<string, string>> } = {}): Promise<Contestant> {
  // What the shell says of Elasticsearch is for those alone that are given it.
  const server = await bench.start({ core: serverCore, ...options });
  started.push(server);
  return server;
}

async function fastApi(env: Readonly<Record<string, string>>, body = bench.body): Promise<Contestant> {
  const server = await startContestant({
    command: (port) => [
      ...(["taskset", "--cpu-list", `${serverCore}`, python, "-m", "uvicorn", "fastapi_peer:app"] as const),
      ...["--host", "127.0.0.1", "--port", `${port}`, "--no-access-log", "--log-level", "warning"],
    ],
    env: { FEATURES: `${bench.features}`, PYTHONDONTWRITEBYTECODE: "1", ...env },
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    body,
  });
  started.push(server);
  return server;
}

async function resultsOf(entries: readonly Entry[], number: number): Promise<Map<string, LoadResult[]>> {
  const of = ({ server: { url, pid }, asked }: Entry, duration: number) =>
    load({ url, pid, asked, connections: number, seconds: duration, core: clientCore });
  const results = new Map<string, LoadResult[]>();
  for (const entry of entries) await of(entry, 1);
  for (let round = 0; round < rounds; round++) {
    for (const entry of entries) {
      const before = results.get(entry.name) ?? [];
      results.set(entry.name, [...before, await of(entry, seconds)]);
    }
  }
  return results;
}

/** Keeps a core busy with what gives way to everything else. */
function keepAwake(core: number): ChildProcess {
  const pinned = ["taskset", "--cpu-list", `${core}`];
  const [command = "", ...args] = ["chrt", "--idle", "0", ...pinned, process.execPath, "--eval", "for (;;);"];
  return spawn(command, args, { stdio: "inherit" });
}

function shown(results: readonly LoadResult[]) {
  const median = (key: keyof LoadResult) =>
    quantile(
      results.map((result) => result[key]).sort((a, b) => a - b),
      0.5,
    );
  return {
    "requests/s": median("requestsPerSecond").toFixed(0),
    "p50 ms": median("p50").toFixed(2),
    "p99 ms": median("p99").toFixed(2),
    "processor µs": median("processor").toFixed(0),
  };
}

function pythonVersions(): string {
  const script =
    "import sklearn, fastapi, uvicorn; print(f'scikit-learn {sklearn.__version__}, FastAPI {fastapi.__version__}, uvicorn {uvicorn.__version__}')";
  return execFileSync(python, ["-c", script], { encoding: "utf8", timeout: 60_000 }).trim();
}
