import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { runsSchema } from "#stores/runs/run-schema.ts";
import { kubectl, podsOf } from "./kubectl.ts";
import { untilTaken } from "./load.ts";
import { applyOverlay } from "./overlay.ts";
import { eventually, ping, publish, throughGateway } from "./requests.ts";
import { count, elasticsearch } from "./state.ts";

// Uses the actions and the model that lapse.cluster-test.ts left.

const run = randomUUID();
const users = 4_000;

/** Both functions cut their runs into this many slices; small requests, so that as many pods fit on one node. */
async function setSlices(slices: number): Promise<void> {
  const container = "/spec/template/spec/containers/0";
  const services = ["features", "score"];
  for (const service of services) {
    const { env = [] } = containerSchema.parse(
      JSON.parse(await kubectl("get", "ksvc", service, `--output=${ofContainer}`)),
    );
    const others = env.filter(({ name }) => name !== "SLICES");
    const patch = JSON.stringify([
      { op: "add", path: `${container}/env`, value: [...others, { name: "SLICES", value: `${slices}` }] },
      { op: "replace", path: `${container}/resources/requests`, value: { cpu: "20m", memory: "128Mi" } },
    ]);
    await kubectl("patch", "ksvc", service, "--type=json", "--patch", patch);
  }
  await kubectl("wait", "--for=condition=ready", "--timeout=60s", ...services.map((service) => `ksvc/${service}`));
}

beforeAll(async () => {
  const lines = Array.from({ length: users }, (_, i) =>
    Array.from({ length: 1 + (i % 4) }, (_, n) => {
      const timestamp = new Date(Date.now() - (1 + n + (i % 40)) * 86_400_000).toISOString();
      return JSON.stringify({ user_id: `slices-${run}-${i}`, action: n % 2 === 0 ? "login" : "view", timestamp });
    }),
  ).flat();
  for (let from = 0; from < lines.length; from += 5_000) {
    const body = lines.slice(from, from + 5_000).join("\n");
    await untilTaken(() =>
      throughGateway("ingest", "/", { body, headers: { "content-type": "application/x-ndjson" } }),
    );
  }
}, 120_000);

afterAll(async () => {
  await applyOverlay("plain");
  await kubectl("wait", "--for=condition=ready", "--timeout=60s", "ksvc/features", "ksvc/score");
}, 120_000);

it("computes the same in four slices by parallel pods, one of which is killed, as in one slice", async () => {
  // Of the same moment, so that both runs have the same snapshot.
  const time = new Date().toISOString();
  await setSlices(1);
  await publish(ping("features", `one-${run}`, time));
  await ended("features", 1, time);
  await ended("score", 1, time);
  const expected = await digests();

  await setSlices(4);
  await publish(ping("features", `four-${run}`, time));
  // As soon as two pods work side by side, one is gone as if its node were lost.
  const pods = await eventually(async () => {
    const found = await podsOf("features");
    expect(found.length).toBeGreaterThan(1);
    return found;
  }, 60);
  await kubectl("delete", "pod", pods[0] ?? "", "--grace-period=0", "--force");
  const features = await ended("features", 4, time);
  const score = await ended("score", 4, time);
  expect(new Set(features.ended.map(({ slice }) => slice))).toEqual(new Set([0, 1, 2, 3]));
  expect(new Set(score.ended.map(({ slice }) => slice))).toEqual(new Set([0, 1, 2, 3]));
  expect(await count("lapse-features", `user.id:slices-${run}*`)).toBe(users);
  expect(await digests()).toEqual(expected);
}, 240_000);

/** The newest run of a job, once all its slices have ended; one that was begun after `since`. */
function ended(job: "features" | "score", slices: number, since: string) {
  return eventually(async () => {
    const { _source } = documentSchema.parse(await elasticsearch("GET", `lapse-runs/_doc/${job}`));
    const newest = _source?.lapse.runs.at(-1);
    if (
      newest === undefined ||
      newest.slices !== slices ||
      newest.lastSlice === undefined ||
      newest.number < Date.parse(since)
    )
      throw new Error(`${job} has not ended: ${JSON.stringify(newest)?.slice(0, 500)}`);
    return newest;
  }, 120);
}

/** Of what was computed for the users of this test, without what tells which run it was. */
async function digests(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [index, fields] of Object.entries(compared)) {
    await elasticsearch("POST", `${index}/_refresh`);
    const answer = await elasticsearch("POST", `${index}/_search`, {
      size: 10_000,
      query: { prefix: { "user.id": `slices-${run}` } },
      sort: ["user.id"],
      _source: ["user.id", ...fields],
    });
    const sources = hitsSchema.parse(answer).hits.hits.map(({ _source }) => _source);
    found[index] = `${sources.length} ${createHash("sha256").update(JSON.stringify(sources)).digest("hex")}`;
  }
  return found;
}

const compared = {
  "lapse-features": ["lapse.values", "lapse.lapsed", "lapse.snapshot"],
  "lapse-scores": ["lapse.probability", "lapse.risk", "lapse.reasons", "lapse.model_version"],
  "lapse-users": ["lapse.state", "lapse.probability", "lapse.silence", "lapse.value"],
};

const ofContainer = "jsonpath={.spec.template.spec.containers[0]}";
const containerSchema = z.object({ env: z.array(z.looseObject({ name: z.string() })).optional() });
const documentSchema = z.object({ _source: z.object({ lapse: z.object({ runs: runsSchema }) }).optional() });
const hitsSchema = z.object({ hits: z.object({ hits: z.array(z.object({ _source: z.unknown() })) }) });
