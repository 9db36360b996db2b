import { createHash, randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { runsSchema } from "#stores/runs/run-schema.ts";
import { killAtWork, signOfWork, untilInTime } from "./kill.ts";
import { kubectl } from "./kubectl.ts";
import { untilTaken } from "./load.ts";
import { applyOverlay } from "./overlay.ts";
import { eventually, ping, publish, throughGateway } from "./requests.ts";
import { elasticsearch } from "./state.ts";

// Uses the actions and the model that lapse.cluster-test.ts left.

const run = randomUUID();
const users = 4_000;
const actions = Array.from({ length: users }, (_, i) =>
  Array.from({ length: 1 + (i % 4) }, (_, n) => ({
    user_id: `slices-${run}-${i}`,
    action: n % 2 === 0 ? "login" : "view",
    timestamp: new Date(Date.now() - (1 + n + (i % 40)) * 86_400_000).toISOString(),
  })),
).flat();

/** Both functions cut their runs into four slices; small requests, so that as many pods fit on one node. */
async function useFourSlices(): Promise<void> {
  const container = "/spec/template/spec/containers/0";
  const patch = JSON.stringify([
    { op: "add", path: `${container}/env/-`, value: { name: "SLICES", value: "4" } },
    { op: "replace", path: `${container}/resources/requests`, value: { cpu: "20m", memory: "128Mi" } },
  ]);
  for (const service of ["features", "score"]) await kubectl("patch", "ksvc", service, "--type=json", "--patch", patch);
  await untilReady();
}

/** Of this few users a run is one slice. */
async function useOneSlice(): Promise<void> {
  await applyOverlay("plain");
  await untilReady();
}

function untilReady(): Promise<string> {
  return kubectl("wait", "--for=condition=ready", "--timeout=120s", "ksvc/features", "ksvc/score");
}

async function sendActions(): Promise<void> {
  const lines = actions.map((action) => JSON.stringify(action));
  for (let from = 0; from < lines.length; from += 5_000) {
    const body = lines.slice(from, from + 5_000).join("\n");
    await untilTaken(() =>
      throughGateway("ingest", "/", { body, headers: { "content-type": "application/x-ndjson" } }),
    );
  }
}

beforeAll(async () => {
  await Promise.all([useFourSlices(), sendActions()]);
});

it("computes the same in four slices by parallel pods, which are killed at their work, as in one slice", async () => {
  // Of the same moment, so that all runs have the same snapshot.
  const time = new Date().toISOString();
  const inFour = await inFourSlices(time).finally(useOneSlice);
  for (const found of Object.values(inFour)) expect(found).not.toMatch(/^0 /);
  expect(inFour["lapse-features"]).toMatch(new RegExp(`^${users} `));

  const since = new Date().toISOString();
  await publish(ping("features", `one-${run}`, time));
  await ended("features", 1, since);
  await ended("score", 1, since);
  expect(inFour).toEqual(await digests());
}, 900_000);

/** Has both functions killed at their work, and returns what they have computed in the end. */
async function inFourSlices(time: string): Promise<Record<string, string>> {
  // The users are new, so that the roll-up has work too.
  let since = "";
  await untilInTime(async (attempt) => {
    since = new Date().toISOString();
    const [writesFeatures, writesScores] = [
      await signOfWork("lapse-features", "indexing.index_total"),
      await signOfWork("lapse-scores", "indexing.index_total"),
    ];
    await publish(ping("features", `four-${run}-${attempt}`, time));
    if (!(await killAtWork("features", writesFeatures, () => isOpen("features", since)))) return false;
    return killAtWork("score", writesScores, () => isOpen("score", since));
  });
  for (const job of ["features", "score"] as const) {
    const { ended: slices } = await ended(job, 4, since);
    expect(new Set(slices.map(({ slice }) => slice))).toEqual(new Set([0, 1, 2, 3]));
  }
  expect(await rolledUp()).toBe(actions.length);
  return digests();
}

/** The newest run of a job, if it was begun after `since`. */
async function newestOf(job: "features" | "score", since: string) {
  const { _source } = documentSchema.parse(await elasticsearch("GET", `lapse-runs/_doc/${job}`));
  const newest = _source?.lapse.runs.at(-1);
  return newest !== undefined && newest.number >= Date.parse(since) ? newest : undefined;
}

/** Whether there is a slice of it that has not ended. */
async function isOpen(job: "features" | "score", since: string): Promise<boolean> {
  const newest = await newestOf(job, since);
  return newest?.slices === 4 && newest.lastSlice === undefined;
}

/** The newest run of a job, once all its slices have ended. */
function ended(job: "features" | "score", slices: number, since: string) {
  return eventually(async () => {
    const newest = await newestOf(job, since);
    if (newest?.slices !== slices || newest.lastSlice === undefined)
      throw new Error(`${job} has not ended: ${JSON.stringify(newest)?.slice(0, 500)}`);
    return newest;
  }, 240);
}

/** How many actions of this test's users are counted in their days. */
async function rolledUp(): Promise<number> {
  const months = daysSchema.parse(await sourcesIn("lapse-user-days-*"));
  return months.flatMap(({ lapse }) => lapse.days).reduce((sum, [, , count]) => sum + count, 0);
}

/** Of what was computed for the users of this test, all but what tells which run it was. */
async function digests(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const index of ["lapse-features", "lapse-scores", "lapse-users"]) {
    const sources = await sourcesIn(index);
    found[index] = `${sources.length} ${createHash("sha256").update(JSON.stringify(sources)).digest("hex")}`;
  }
  return found;
}

/** The documents of this test's users. */
async function sourcesIn(index: string): Promise<readonly unknown[]> {
  await elasticsearch("POST", `${index}/_refresh`);
  const answer = await elasticsearch("POST", `${index}/_search`, {
    // A user has actions of at most four days, so in at most two months.
    size: 2 * users,
    query: { prefix: { "user.id": `slices-${run}` } },
    sort: ["user.id"],
    _source: { excludes: ["lapse.set", "lapse.run", "lapse.written", ...ofTellings] },
  });
  return hitsSchema.parse(answer).hits.hits.map(({ _source }) => _source);
}

/** What subscribers had been told of a user before, which the second run finds otherwise than the first. */
const ofTellings = ["lapse.told_risk", "lapse.told_at_risk", "lapse.begun_risk"];
const documentSchema = z.object({ _source: z.object({ lapse: z.object({ runs: runsSchema }) }).optional() });
const hitsSchema = z.object({ hits: z.object({ hits: z.array(z.object({ _source: z.unknown() })) }) });
/** Of each user and month, the day, action, count and sum of values of each row. */
const daysSchema = z.array(
  z.object({ lapse: z.object({ days: z.array(z.tuple([z.int(), z.string(), z.int()]).rest(z.unknown())) }) }),
);
