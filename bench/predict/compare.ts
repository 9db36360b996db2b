/**
 * Loads the predict function, a FastAPI + scikit-learn server and a server of bare Node that predicts nothing in turns,
 * and prints requests per second and latency for single vectors. Each server has one process on one core, wrk another.
 *
 *     apt-get -y install wrk python3-sklearn python3-fastapi uvicorn python3-uvloop python3-httptools   (Debian 12)
 *     npx tsx bench/predict/compare.ts [--rounds 5] [--seconds 5] [--actions 12]
 */
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as z from "zod";
import { quantile } from "#churn/quantile.ts";
import { startContestant } from "./contestant.ts";
import { type LoadResult, load } from "./load.ts";
import { buildPredictor } from "./predictor.ts";

const count = z.coerce.number().int().positive();
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "5" },
    actions: { type: "string", default: "12" },
  },
});
const { rounds, seconds, actions } = z.object({ rounds: count, seconds: count, actions: count }).parse(values);
const [serverCore, clientCore] = [0, 1];
// The Debian package, whatever other Pythons there are.
const python = "/usr/bin/python3";
const bareNode = fileURLToPath(new URL("bare-node.ts", import.meta.url));

const predictor = await buildPredictor(actions);
const lapse = await predictor.start(serverCore);
const peer = await startContestant({
  command: (port) => [
    ...(["taskset", "--cpu-list", `${serverCore}`, python, "-m", "uvicorn", "fastapi_peer:app"] as const),
    ...["--host", "127.0.0.1", "--port", `${port}`, "--no-access-log", "--log-level", "warning"],
  ],
  env: { FEATURES: `${predictor.features}` },
  cwd: fileURLToPath(new URL(".", import.meta.url)),
  body: predictor.body,
});
const bare = await startContestant({
  command: () => ["taskset", "--cpu-list", `${serverCore}`, process.execPath, "--import", "tsx", bareNode],
  env: {},
  body: predictor.body,
});

console.log(`${cpus()[0]?.model}, ${cpus().length} cores; Node ${process.versions.node}; ${pythonVersions()}.`);
console.log(`Single vectors of ${predictor.features} features; median of ${rounds} rounds of ${seconds} s in turns.`);
try {
  for (const connections of [1, 8, 32]) {
    const of = (url: string, duration: number) =>
      load({ url, body: predictor.bodyFile, connections, seconds: duration, core: clientCore });
    const results: Record<"lapse" | "peer" | "bare", LoadResult[]> = { lapse: [], peer: [], bare: [] };
    for (const { url } of [lapse, peer, bare]) await of(url, 2);
    for (let round = 0; round < rounds; round++) {
      results.lapse.push(await of(lapse.url, seconds));
      results.peer.push(await of(peer.url, seconds));
      results.bare.push(await of(bare.url, seconds));
    }
    const [ours, theirs] = [medians(results.lapse), medians(results.peer)];
    console.log(`\n${connections} connection${connections === 1 ? "" : "s"}`);
    console.table({
      lapse: shown(ours),
      "FastAPI + scikit-learn": shown(theirs),
      "bare Node, no prediction": shown(medians(results.bare)),
      "lapse to FastAPI": {
        "requests/s": (ours.requestsPerSecond / theirs.requestsPerSecond).toFixed(1),
        "p50 ms": (theirs.p50 / ours.p50).toFixed(1),
        "p99 ms": (theirs.p99 / ours.p99).toFixed(1),
      },
    });
  }
} finally {
  await lapse.stop();
  await peer.stop();
  await bare.stop();
  await predictor.remove();
}

function medians(results: readonly LoadResult[]): LoadResult {
  const median = (key: keyof LoadResult) =>
    quantile(
      results.map((result) => result[key]).sort((a, b) => a - b),
      0.5,
    );
  return { requestsPerSecond: median("requestsPerSecond"), p50: median("p50"), p99: median("p99") };
}

function shown({ requestsPerSecond, p50, p99 }: LoadResult) {
  return { "requests/s": requestsPerSecond.toFixed(0), "p50 ms": p50.toFixed(2), "p99 ms": p99.toFixed(2) };
}

function pythonVersions(): string {
  const script =
    "import sklearn, fastapi, uvicorn; print(f'scikit-learn {sklearn.__version__}, FastAPI {fastapi.__version__}, uvicorn {uvicorn.__version__}')";
  return execFileSync(python, ["-c", script], { encoding: "utf8", timeout: 60_000 }).trim();
}
