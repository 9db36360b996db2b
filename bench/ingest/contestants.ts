import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildFunctions } from "#scripts/build/bundles.ts";
import { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { freePort } from "#test/support/free-port.ts";

/** A server that takes actions, in a process of its own. */
export interface Contestant {
  readonly name: string;
  /** Where actions are sent. */
  readonly url: string;
  readonly pid: number;
  /** Ends it, and removes what it has stored. */
  stop(): Promise<void>;
}

/** A function of the framework that does nothing, served by its own command. */
export async function startEmpty(): Promise<Contestant> {
  const framework = dirname(createRequire(import.meta.url).resolve("@google-cloud/functions-framework"));
  const source = fileURLToPath(new URL("empty.ts", import.meta.url));
  const port = await freePort();
  const args = [
    "--import",
    "tsx",
    join(framework, "main.js"),
    "--target=empty",
    `--source=${source}`,
    `--port=${port}`,
  ];
  return start("empty function", args, {}, port, async () => undefined);
}

/** Bundles of the functions of the checkout at `root`, as an image has them. */
export async function bundlesOf(root: string): Promise<string> {
  const bundles = join(root, "dist", "bench-ingest");
  await buildFunctions(root, bundles);
  return bundles;
}

/** ingest with its stores in a directory of its own. */
export async function startEmbedded(name: string, bundles: string): Promise<Contestant> {
  const data = await mkdtemp(join(tmpdir(), "lapse-bench-ingest-"));
  const port = await freePort();
  return start(name, [join(bundles, "run.cjs"), "ingest"], { DATA_DIR: data }, port, () =>
    rm(data, { recursive: true }),
  );
}

/** ingest with its stores in Elasticsearch at `elasticsearchUrl`, under a prefix of its own. */
export async function startOnElasticsearch(
  name: string,
  bundles: string,
  elasticsearchUrl: string,
): Promise<Contestant> {
  const prefix = `bench-${randomUUID()}`;
  const port = await freePort();
  const environment = { ELASTICSEARCH_URL: elasticsearchUrl, ELASTICSEARCH_PREFIX: prefix };
  return start(name, [join(bundles, "run.cjs"), "ingest"], environment, port, async () => {
    const elasticsearch = new Elasticsearch({
      url: elasticsearchUrl,
      prefix,
      timeoutMilliseconds: 60_000,
      retryMilliseconds: 60_000,
      random: Math.random,
    });
    await removePrefix(elasticsearch);
    await elasticsearch.close();
  });
}

/** Milliseconds after which a server that does not answer is given up. */
const longestStart = 60_000;

async function start(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  port: number,
  clean: () => Promise<void>,
): Promise<Contestant> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, args, {
    env: { PATH, HOME, PORT: `${port}`, ...environment },
    // It logs each request, and what reads that is no part of it.
    stdio: ["ignore", "ignore", "inherit"],
  });
  const stop = async () => {
    const exit = child.exitCode === null ? once(child, "exit") : undefined;
    child.kill();
    await exit;
    await clean();
  };
  const url = `http://127.0.0.1:${port}/`;
  const deadline = performance.now() + longestStart;
  while (!(await takesActions(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`${name} does not take actions.`);
    }
    await sleep(20);
  }
  if (child.pid === undefined) throw new Error(`${name} did not start.`);
  return { name, url, pid: child.pid, stop };
}

async function takesActions(url: string): Promise<boolean> {
  try {
    const body = JSON.stringify({ user_id: "first", action: "login", timestamp: Date.now() });
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nothing listens yet.
    return false;
  }
}
