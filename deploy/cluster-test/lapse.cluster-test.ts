import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { dayOf, startOf } from "../../churn/day.ts";
import { generateLog } from "../../scripts/generate/generate-log.ts";
import { command, kubectl, overlay, podsOf } from "./kubectl.ts";
import { eventually, ping, publish, type Reply, throughGateway } from "./requests.ts";

const today = dayOf(Date.now());
const users = 400;

/** The features ping of today, and training pings a minute apart, so that their versions have names of their own. */
const at = (minutes: number) => new Date(startOf(today) + 3_600_000 + minutes * 60_000).toISOString();
const source = `/cluster-test/${randomUUID()}`;

describe("lapse on a cluster", () => {
  it("is not changed by a second apply", async () => {
    // Fails with the differences, if there are any.
    expect(await kubectl("diff", "--kustomize", overlay, "--selector", "app.kubernetes.io/name!=commands")).toBe("");
    const versions = () => kubectl("get", "ksvc,inferenceservice,trigger,pingsource,sts,job", "-o", versionsOf);
    await kubectl("apply", "--kustomize", overlay);
    const first = await versions();
    await kubectl("apply", "--kustomize", overlay);
    expect(await versions()).toBe(first);
    await kubectl("scale", "deployment/commands", "--replicas=1");
    await kubectl("wait", "--for=condition=available", "deployment/commands");
  });

  it("is ready before there is a model, and says so to who asks for a prediction", async () => {
    const asked = await predict({ instances: [{ user_id: "nobody" }] });
    expect(asked).toMatchObject({ status: 503, body: { error: expect.stringContaining("model") } });
  });

  it("keeps an event that a function fails on for good, after trying again", async () => {
    await publish(ping("train", "too-early", at(1)));
    const letter = await eventually(async () => {
      const letters = await command("dead-letters", "list");
      expect(letters).toContain("dev.knative.sources.ping");
      return letters;
    }, 60);
    expect(letter.split("\n")).toHaveLength(1);
    const shown = await command("dead-letters", "show", letter.split(/\s+/)[0] ?? "");
    expect(shown).toContain("no features have been computed");
    // Two retries, as the overlay has it.
    const tries = await logsOf("train", "no features have been computed");
    expect(tries).toBe(3);
  });

  it("stores actions that come over HTTP, each once", async () => {
    const lines: string[] = [];
    for await (const action of generateLog({ users, months: 4, endDay: today - 1, seed: 7 }))
      lines.push(JSON.stringify(action));
    const batches = Array.from({ length: Math.ceil(lines.length / 5000) }, (_, i) => lines.slice(i * 5000, (i + 1) * 5000));
    let created = 0;
    for (const batch of [...batches, batches[0] ?? []]) {
      const reply = await throughGateway("ingest", "/", {
        headers: { "content-type": "application/x-ndjson" },
        body: batch.join("\n"),
      });
      expect(reply.status).toBe(200);
      created += z.object({ created: z.int() }).parse(reply.body).created;
    }
    expect(created).toBe(lines.length);
    expect(await countActions("*")).toBe(created);
  });

  it("stores actions that come as CloudEvents to the Broker, each once", async () => {
    const action = (id: string) => ({
      id,
      source,
      type: "dev.lapse.action",
      subject: "cluster-test-user",
      time: at(0),
      data: { action: "login" },
    });
    for (const id of ["a", "b", "a"]) await publish(action(id));
    await eventually(async () => expect(await countActions("cluster-test-user")).toBe(2), 60);
  });

  it("keeps an action that can never be stored, without trying again", async () => {
    await publish({ id: "bad", source, type: "dev.lapse.action", subject: "cluster-test-user", data: { action: "" } });
    await eventually(async () => expect(await command("dead-letters", "list")).toContain("dev.lapse.action"), 60);
  });

  it("computes features when the PingSource's event comes", async () => {
    await publish(ping("features", "night", at(0)));
    await eventually(async () => expect(await logsOf("features", "dev.lapse.features.updated")).toBe(1), 90);
  });

  it("trains when the dead letter is sent again, and puts the first model into service", async () => {
    const letters = (await command("dead-letters", "list")).split("\n");
    const id = letters.find((line) => line.includes("ping"))?.split(/\s+/)[0] ?? "";
    await command("dead-letters", "replay", id);
    await eventually(async () => expect(await command("models", "list")).toContain("champion"), 120);
  });

  it("answers V1 and V2 through the gateway, for users that are stored and for features", async () => {
    const one = await eventually(async () => {
      const reply = await predict({ instances: [{ user_id: "u00001" }, { user_id: "nobody" }] });
      expect(reply.status).toBe(200);
      return reply;
    }, 30);
    expect(one.body).toMatchObject({ predictions: [{ probability: expect.any(Number) }, { error: expect.any(String) }] });
    const { inputs } = metadataSchema.parse((await throughGateway("churn-predictor", "/v2/models/churn")).body);
    expect(inputs.map(({ name }) => name)).toEqual(expect.arrayContaining(["user_id"]));
    const inferred = await throughGateway("churn-predictor", "/v2/models/churn/infer", {
      body: JSON.stringify({ inputs: [{ name: "user_id", shape: [1], datatype: "BYTES", data: ["u00001"] }] }),
      headers: { "content-type": "application/json" },
    });
    expect(inferred).toMatchObject({ status: 200, body: { model_name: "churn" } });
  });

  it("goes to zero, and wakes up with no error for any of those who ask at once", async () => {
    await eventually(async () => expect(await podsOf("churn-predictor")).toEqual([]), 110);
    const asked = Array.from({ length: 10 }, () => predict({ instances: [{ user_id: "u00001" }] }));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
  });

  it("follows the alias to another version and back, on the same pod", async () => {
    const first = await servedVersion();
    await publish(ping("train", "second", at(2)));
    const second = await eventually(async () => {
      const found = (await command("models", "list")).match(/\d{8}T\d{6}Z-[0-9a-f]{6}/g) ?? [];
      const other = found.find((version) => version !== first);
      expect(other).toBeDefined();
      return other ?? "";
    }, 90);
    await servedVersion();
    const [pod] = await podsOf("churn-predictor");
    if (!(await command("models", "list")).split("\n").some((line) => line.includes(second) && line.includes("champion")))
      await command("models", "promote", second);
    await eventually(async () => expect(await servedVersion()).toBe(second), 10);
    await command("models", "rollback");
    await eventually(async () => expect(await servedVersion()).toBe(first), 10);
    expect(await podsOf("churn-predictor")).toEqual([pod]);
  });
});

const versionsOf = "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{'\\n'}{end}";

const metadataSchema = z.object({ inputs: z.array(z.object({ name: z.string() })) });
const predictionsSchema = z.object({ predictions: z.array(z.object({ model_version: z.string() })) });

function predict(body: object): Promise<Reply> {
  return throughGateway("churn-predictor", "/v1/models/churn:predict", {
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
}

async function servedVersion(): Promise<string> {
  const { body } = await predict({ instances: [{ user_id: "u00001" }] });
  return predictionsSchema.parse(body).predictions[0]?.model_version ?? "";
}

/** How many actions of a user are stored, or of all. */
async function countActions(user: string): Promise<number> {
  const query = user === "*" ? "" : `&q=user.id:${encodeURIComponent(user)}`;
  const url = `http://elasticsearch:9200/lapse-actions-*/_count?ignore_unavailable=true${query}`;
  const script = `fetch("http://elasticsearch:9200/lapse-actions-*/_refresh", { method: "POST" }).then(() => fetch("${url}")).then((r) => r.json()).then((j) => console.log(j.count))`;
  return Number(await kubectl("exec", "deployment/commands", "--", "node", "-e", script));
}

/** How many log entries of all pods of a Service hold a text. */
async function logsOf(service: string, part: string): Promise<number> {
  const selector = `serving.knative.dev/service=${service}`;
  const logs = await kubectl("logs", "--selector", selector, "--container", "user-container", "--tail=-1");
  return logs.split("\n").filter((line) => line.includes(part)).length;
}
