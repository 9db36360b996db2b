import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from "cloudevents";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatDay, parseDay, startOf } from "#churn/day.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { promote, rollBack } from "#functions/desk/model/move-champion.ts";
import { actionEvent } from "#runtime/event-kinds.ts";
import { generateLog } from "#scripts/generate/generate-log.ts";
import { ingestLog } from "#scripts/log/ingest-log.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { createLapse, type Lapse } from "./lapse.ts";

const endDay = parseDay("2024-06-30") ?? 0;
/** Noon of the day after the log ends. */
const now = () => startOf(endDay + 1) + 43_200_000;
const churn = { churnDays: 14, leadDays: 0, observeDays: 28 };

let folder: string;
let stores: Stores;
let lapse: Lapse;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-"));
  stores = await setUpStores({ dataDir: folder }, now);
  await ingestLog(generateLog({ users: 400, months: 4, endDay, seed: 7 }), { actions: stores.actions, now });
  let id = 0;
  const logger = pino({ level: "silent" });
  lapse = await createLapse({
    stores,
    churn,
    logger,
    now,
    newId: () => `id-${id++}`,
    environment: { POLL_MS: "100" },
    drainMilliseconds: 1000,
  });
  await lapse.server.listen({ host: "localhost", port: 0 });
  url = `http://localhost:${lapse.server.addresses()[0]?.port}`;
  lapse.follow();
});

afterAll(async () => {
  await lapse.close();
  await rm(folder, { recursive: true });
});

async function post(path: string, body: unknown) {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: JSON.parse((await response.text()) || "null") };
}

async function run(job: string): Promise<void> {
  expect((await post(`/run/${job}`, {})).status).toBe(202);
  await lapse.wiring.broker.idle();
  await lapse.refresh();
}

async function predict(instance: unknown) {
  return (await post("/v1/models/churn:predict", { instances: [instance] })).body.predictions[0];
}

describe("lapse in one process", () => {
  it("is alive but not ready before it has a model, and says so", async () => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await post("/v1/models/churn:predict", { instances: [{ user_id: "user-0001" }] })).status).toBe(503);
    expect(await (await fetch(url)).text()).toContain("No model is in service yet.");
  });

  it("learns from the log when its PingSources are due: features, train, and then scores by itself", async () => {
    await run("features");
    await run("train");
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const [first, ...others] = await stores.features.topScores(10);
    expect(others).toHaveLength(9);
    expect(first?.reasons[0]?.contribution).toBeGreaterThan(0);
    expect(await stores.deadLetters.list()).toEqual([]);
  });

  it("predicts the same for a user by id, by features, by vector, and over V2", async () => {
    const userId = (await stores.features.topScores(1))[0]?.userId ?? "";
    const byId = await predict({ user_id: userId });
    // By the formula in TypeScript: ONNX Runtime gives what trees add in float32.
    expect(byId.probability).toBeCloseTo((await stores.features.topScores(1))[0]?.probability ?? 0, 6);
    const row = (await stores.features.get([userId])).get(userId);
    const features = Object.fromEntries(row?.set.names.map((name, j) => [name, row.values[j]]) ?? []);
    expect((await predict({ features })).probability).toBe(byId.probability);
    expect((await predict(row?.values)).probability).toBe(byId.probability);
    const v2 = await post("/v2/models/churn/infer", {
      inputs: [{ name: "user_id", shape: [1], datatype: "BYTES", data: [userId] }],
    });
    expect(v2.body.outputs.find((output: { name: string }) => output.name === "probability").data).toEqual([
      byId.probability,
    ]);
  });

  it("explains a prediction by reasons that sum to its log-odds against the typical user", async () => {
    const userId = (await stores.features.topScores(1))[0]?.userId ?? "";
    const { explanations } = (await post("/v1/models/churn:explain", { instances: [{ user_id: userId }] })).body;
    const [{ probability, baseline, reasons, other_contributions }] = explanations;
    const logit = (p: number) => Math.log(p / (1 - p));
    const sum = reasons.reduce(
      (total: number, reason: { contribution: number }) => total + reason.contribution,
      other_contributions,
    );
    expect(sum).toBeCloseTo(logit(probability) - logit(baseline), 6);
  });

  it("takes actions from the official CloudEvents client in every mode, once each", async () => {
    const action = (id: string, subject: string) =>
      new CloudEvent({
        id,
        source: "/shop",
        type: actionEvent.type,
        subject,
        time: "2024-07-01T09:00:00Z",
        data: { action: "login" },
      });
    const before = (await stores.actions.extent())?.actions ?? 0;
    for (const mode of [Mode.BINARY, Mode.STRUCTURED]) {
      const emit = emitterFor(httpTransport(`${url}/events`), { mode });
      await emit(action(`${mode}-1`, "eve"));
      await emit(action(`${mode}-1`, "eve"));
    }
    const { headers, body } = HTTP.structured(action("b-1", "eve"));
    const batch = await fetch(`${url}/events`, {
      method: "POST",
      headers: {
        "content-type": String(headers["content-type"]).replace("cloudevents+json", "cloudevents-batch+json"),
      },
      body: `[${body},${body}]`,
    });
    expect(await batch.json()).toMatchObject({ accepted: 2, created: 1, duplicates: 1 });
    await emitterFor(httpTransport(`${url}/broker`))(action("via-broker", "eve"));
    await lapse.wiring.broker.idle();
    await run("features");
    expect((await stores.actions.extent())?.actions).toBe(before + 4);
  });

  it("knows a user whose actions were just sent, and one who is not stored by the actions in the request", async () => {
    const byId = await predict({ user_id: "eve" });
    expect(byId.probability).toBeGreaterThan(0);
    const actions = [0, 1, 2, 3].map((i) => ({ action: "login", timestamp: `2024-07-01T09:00:0${i}Z` }));
    expect((await predict({ actions, at: "2024-07-02" })).probability).toBeCloseTo(byId.probability, 12);
  });

  it("tells since when a user has lapsed, and has no probability for them, by id or by their actions", async () => {
    const snapshot = (await stores.features.currentSet())?.snapshot ?? 0;
    const silent: UserHistory[] = [];
    for await (const history of stores.actions.histories())
      if ((history.days.at(-1)?.day ?? snapshot) < snapshot - churn.churnDays) silent.push(history);
    expect(silent.length).toBeGreaterThan(10);
    for (const { userId, days } of silent.slice(0, 5)) {
      const last = days.at(-1)?.day ?? 0;
      const lapsed = { state: "lapsed", lapsed_since: formatDay(last + 15), model_version: expect.any(String) };
      expect(await predict({ user_id: userId })).toEqual({ user_id: userId, ...lapsed });
      const actions = [{ action: "login", timestamp: startOf(last) }];
      expect(await predict({ actions, at: formatDay(snapshot) })).toEqual(lapsed);
    }
    const top = await stores.features.topScores(1000);
    expect(top.filter(({ userId }) => silent.some((history) => history.userId === userId))).toEqual([]);
    expect(await (await fetch(url)).text()).toMatch(
      new RegExp(`<dt>Lapsed</dt><dd><a [^>]*>${silent.length}</a></dd>`),
    );
  });

  it("tells of an unknown user in place, and never makes a number up", async () => {
    const answer = await predict({ user_id: "nobody" });
    expect(answer).toEqual({ user_id: "nobody", error: expect.stringContaining("not known") });
  });

  it("follows a promotion and a rollback without a restart", async () => {
    const first = (await stores.models.alias("champion"))?.version ?? "";
    await run("train");
    const second = (await stores.models.versions()).find((version) => version !== first) ?? "";
    await promote(second, { by: "ana", reason: "to see it serve" }, stores.models);
    const served = async () => (await predict({ user_id: "eve" })).model_version;
    await expect.poll(served).toBe(second);
    await rollBack({ by: "ana", reason: undefined }, stores.models);
    await expect.poll(served).toBe(first);
  });

  it("keeps an event that nobody can handle among the dead letters", async () => {
    const emit = emitterFor(httpTransport(`${url}/broker`));
    await emit(new CloudEvent({ id: "bad", source: "/shop", type: actionEvent.type, data: { action: "login" } }));
    await lapse.wiring.broker.idle();
    expect(await stores.deadLetters.list()).toMatchObject([{ event: { id: "bad" }, status: 400 }]);
  });

  it("shows people whom to keep and why, the report of each version, and its metrics", async () => {
    const page = await (await fetch(url)).text();
    const [top] = await stores.features.topScores(1);
    expect(page).toContain(top?.userId);
    const version = (await stores.models.alias("champion"))?.version ?? "";
    expect(await (await fetch(`${url}/models/${version}`)).text()).toContain(`Churn model ${version}`);
    expect((await fetch(`${url}/models/unknown`)).status).toBe(404);
    const promises = await (await fetch(`${url}/promises`)).text();
    expect(promises).toContain("Nothing can be compared yet");
    expect(promises).toMatch(/The list of \d{4}-\d\d-\d\d can be compared from \d{4}-\d\d-\d\d on/);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/lapse_actions_total\{outcome="created",reason="none"\} 4/);
    expect(metrics).toMatch(new RegExp(`lapse_model_info\\{version="${version}"\\} 1`));
  });
});
