import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { dayOf, startOf } from "#churn/day.ts";
import { actionEvent, pingType } from "#runtime/event-kinds.ts";
import { toStructured } from "#runtime/events.ts";
import { generateLog } from "#scripts/generate/generate-log.ts";
import { untilReady } from "./deploy.ts";
import { command, kubectl, podsOf } from "./kubectl.ts";
import { underLoad, untilTaken } from "./load.ts";
import { applyOverlay, overlay } from "./overlay.ts";
import { eventually, ping, predict, publish, type Reply, throughGateway } from "./requests.ts";
import { count, countActions, versions } from "./state.ts";

const today = dayOf(Date.now());

/** Moments of today, minutes apart, so that training pings make versions with different names. */
const at = (minutes: number) => new Date(startOf(today) + 3_600_000 + minutes * 60_000).toISOString();
const source = `/cluster-test/${randomUUID()}`;

/** A log of four months, up to yesterday, of enough users for a model that is better than recency alone. */
const log: Item[] = [];

/** A user with an action yesterday, and so with features. */
let knownUser: string;

beforeAll(async () => {
  const { batches } = generateLog({ users: 1500, months: 4, endDay: today - 1, seed: 7 });
  for await (const { items } of batches) log.push(...items.map((item) => itemSchema.parse(item)));
  knownUser = log.at(-1)?.user_id ?? "";
  await untilReady();
  // There is nothing to learn from. What becomes of it is seen later, after all retries.
  await publish(ping("train", "too-early", at(1)));
}, 400_000);

describe("lapse on a cluster", () => {
  it("is not changed by a second apply", async () => {
    const generations = () =>
      kubectl("get", "ksvc,inferenceservice,trigger,pingsource,statefulset", "-o", generationsOf);
    const first = await generations();
    // kubectl fails and prints the differences, if there are any.
    expect(await kubectl("diff", "--kustomize", overlay("plain"))).toBe("");
    await kubectl("apply", "--kustomize", overlay("plain"));
    expect(await generations()).toBe(first);
  });

  it("is ready before there is a model, and says so when asked for a prediction", async () => {
    const asked = await predict([{ user_id: "unknown-user" }]);
    expect(asked).toMatchObject({ status: 503, body: { error: expect.stringContaining("model") } });
  });

  it("keeps an event on which a function fails, after retries", async () => {
    const letter = await eventually(async () => {
      const letters = await command("dead-letters", "list");
      expect(letters).toContain(pingType);
      return letters;
    });
    expect(letter.split("\n")).toHaveLength(1);
    const shown = await command("dead-letters", "show", letter.split(/\s+/)[0] ?? "");
    expect(shown).toContain("no features have been computed");
    const tries = (await command("audit", "--action", "run.failed", "--json")).split("\n");
    expect(tries.filter((line) => line.includes('"train"')).length).toBeGreaterThan(1);
  });

  it("stores actions that come over HTTP, each once", async () => {
    const send = (items: readonly Item[]) => {
      const body = items.map((item) => JSON.stringify(item)).join("\n");
      return throughGateway("ingest", "/", { headers: { "content-type": "application/x-ndjson" }, body });
    };
    // Where network policies are enforced, Elasticsearch may refuse a pod that has only just started.
    let created = createdIn(await untilTaken(() => send(log.slice(0, 1))));
    // At the end, the first actions once more.
    for (const batch of [...batchesOf(log.slice(1), 5000), log.slice(0, 1000)]) {
      const reply = await send(batch);
      expect(reply).toMatchObject({ status: 200, body: { rejected: [] } });
      created += createdIn(reply);
    }
    expect(created).toBe(log.length);
    expect(await countActions("*")).toBe(created);
  });

  it("stores actions that come as CloudEvents to the Broker, each once", async () => {
    const action = (id: string) => ({
      id,
      source,
      type: actionEvent.type,
      subject: "cluster-test-user",
      time: at(0),
      data: { action: "login" },
    });
    for (const id of ["a", "b", "a"]) await publish(action(id));
    await eventually(async () => expect(await countActions("cluster-test-user")).toBe(2));
  });

  it("stores a user's name that the Broker puts into a header as UTF-8", async () => {
    const event = {
      id: "utf-8",
      source,
      type: actionEvent.type,
      subject: "José",
      time: at(0),
      data: { action: "login" },
    };
    await publish(event, toStructured);
    await eventually(async () => expect(await countActions("José")).toBe(1));
  });

  it("keeps an action that can never be stored, whatever its data, without retries", async () => {
    const bad = { source, type: actionEvent.type, subject: "cluster-test-user" };
    await publish({ ...bad, id: "no-action", data: { action: "" } });
    await publish({ ...bad, id: "no-time", data: { action: "login", timestamp: "some time ago" } });
    await publish({ ...bad, id: "broken-json", bytes: Buffer.from('{"action":') });
    await publish({ ...bad, id: "plain-text", datacontenttype: "text/plain", bytes: Buffer.from("login") });
    await publish({ ...bad, id: "some-xml", datacontenttype: "application/xml", bytes: Buffer.from("<login/>") });
    await publish({
      ...bad,
      id: "some-bytes",
      datacontenttype: "application/octet-stream",
      bytes: Buffer.from([0, 255]),
    });
    const ids = await eventually(async () => {
      const letters = (await command("dead-letters", "list"))
        .split("\n")
        .filter((line) => line.includes(actionEvent.type));
      expect(letters).toHaveLength(6);
      return letters.map((line) => line.split(/\s+/)[0] ?? "");
    });
    const shown = await command("dead-letters", "show", ...ids);
    for (const data of ["some time ago", '{\\"action\\":', '"data_text": "login"', "<login/>", '"data_base64": "AP8="'])
      expect(shown).toContain(data);
  });

  it("computes features when the PingSource fires", async () => {
    const nightly = await fireSoon("features");
    await eventually(async () => expect(await count("lapse-features", "*")).toBeGreaterThan(0));
    await schedule("features", nightly);
  });

  it("trains when the dead letter is replayed, and puts the first model into service", async () => {
    const letters = (await command("dead-letters", "list")).split("\n");
    const id = letters.find((line) => line.includes("ping"))?.split(/\s+/)[0] ?? "";
    await command("dead-letters", "replay", id);
    await eventually(async () => expect(await command("models", "list")).toMatch(/\bchampion\b/));
  });

  it("serves V1 and V2 through the gateway, for stored users", async () => {
    const one = await eventually(async () => {
      const reply = await predict([{ user_id: knownUser }, { user_id: "unknown-user" }]);
      expect(reply.status).toBe(200);
      return reply;
    });
    expect(one.body).toMatchObject({
      predictions: [{ probability: expect.any(Number) }, { error: expect.any(String) }],
    });
    const { inputs } = metadataSchema.parse((await throughGateway("churn-predictor", "/v2/models/churn")).body);
    expect(inputs.map(({ name }) => name)).toEqual(expect.arrayContaining(["user_id"]));
    const inferred = await throughGateway("churn-predictor", "/v2/models/churn/infer", {
      body: JSON.stringify({ inputs: [{ name: "user_id", shape: [1], datatype: "BYTES", data: [knownUser] }] }),
      headers: { "content-type": "application/json" },
    });
    expect(inferred).toMatchObject({ status: 200, body: { model_name: "churn" } });
  });

  it("scales to zero, and back up without an error for any of several concurrent callers", async () => {
    await eventually(async () => expect(await podsOf("churn-predictor")).toEqual([]));
    const asked = Array.from({ length: 10 }, () => predict([{ user_id: knownUser }]));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
  });

  it("trains when the PingSource fires; the predictor follows the alias to that version and back, on the same pod", async () => {
    const first = await eventually(servedVersion);
    const nightly = await fireSoon("train");
    const second = await eventually(async () => {
      const other = (await versions()).find((version) => version !== first);
      expect(other).toBeDefined();
      return other ?? "";
    });
    await schedule("train", nightly);
    // Asked all the time, so that no pod goes meanwhile as there is nothing to do.
    await underLoad(1, ask, async () => {
      await eventually(servedVersion);
      const [pod] = await podsOf("churn-predictor");
      // Training found no reason to prefer it: its log hardly differs from that of the first.
      await command("models", "promote", second, "--reason", "The predictor is to follow the alias.");
      await eventually(async () => expect(await servedVersion()).toBe(second));
      await command("models", "rollback");
      await eventually(async () => expect(await servedVersion()).toBe(first));
      expect(await podsOf("churn-predictor")).toEqual([pod]);
    });
  });

  it("sends some requests to the challenger in a canary, and none after it", async () => {
    const champion = await eventually(servedVersion);
    await applyOverlay("canary");
    await kubectl("patch", "inferenceservice", "churn", "--type=merge", "--patch", half);
    const versionsOf20 = async () => {
      const asked = await Promise.all(Array.from({ length: 20 }, servedVersion));
      return new Set(asked);
    };
    await eventually(async () => expect((await versionsOf20()).size).toBe(2));
    await applyOverlay("plain");
    await eventually(async () => expect([...(await versionsOf20())]).toEqual([champion]));
  });

  it("trains in a Job with deploy/train-job", async () => {
    const before = await versions();
    await applyOverlay("train-job");
    const uri = "jsonpath={.status.subscriberUri}";
    await eventually(async () => expect(await kubectl("get", "trigger", "train", "-o", uri)).toContain("job-sink"));
    await publish(ping("train", "third", at(3)));
    await eventually(async () => {
      const finished = await kubectl(
        "get",
        "jobs",
        "--selector",
        "sinks.knative.dev/job-sink-name=train",
        "-o",
        "name",
      );
      expect(finished).not.toBe("");
      await kubectl("wait", "--for=condition=complete", "--timeout=120s", ...finished.split("\n"));
    });
    expect(await versions()).toHaveLength(before.length + 1);
  });
});

/** Has a PingSource fire in ten seconds, and each minute from then on. Returns its schedule, to be restored. */
async function fireSoon(source: "features" | "train"): Promise<string> {
  const nightly = await kubectl("get", "pingsource", source, "--output=jsonpath={.spec.schedule}");
  // Knative takes seconds as a sixth field. By then the source is known to what sends.
  await schedule(source, `${new Date(Date.now() + 10_000).getSeconds()} * * * * *`);
  return nightly;
}

/** Changes when a PingSource fires. */
function schedule(source: "features" | "train", cron: string): Promise<string> {
  return kubectl(
    ...["patch", "pingsource", source, "--type=merge", "--patch"],
    JSON.stringify({ spec: { schedule: cron } }),
  );
}

const itemSchema = z.looseObject({ user_id: z.string() });
type Item = z.infer<typeof itemSchema>;

const generationsOf = "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{'\\n'}{end}";

function createdIn({ body }: Reply): number {
  return z.object({ created: z.int() }).parse(body).created;
}

function batchesOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** A tenth would take too many requests to show. */
const half = JSON.stringify({ spec: { predictor: { canaryTrafficPercent: 50 } } });

const metadataSchema = z.object({ inputs: z.array(z.object({ name: z.string() })) });
const predictionsSchema = z.object({ predictions: z.array(z.object({ model_version: z.string() })) });

const ask = () => predict([{ user_id: knownUser }]);

async function servedVersion(): Promise<string> {
  const { body } = await ask();
  return predictionsSchema.parse(body).predictions[0]?.model_version ?? "";
}
