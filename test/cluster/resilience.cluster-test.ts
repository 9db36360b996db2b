import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { dayOf, startOf } from "#churn/day.ts";
import { actionEvent } from "#runtime/event-kinds.ts";
import { toBinary } from "#runtime/events.ts";
import { killAtWork, killPodsOf, killStore, signOfWork, untilInTime, untilRouted } from "./kill.ts";
import { command, kubectl, podsOf } from "./kubectl.ts";
import { underLoad, untilTaken } from "./load.ts";
import { applyOverlay } from "./overlay.ts";
import { eventually, offer, ping, predict, publish, stranger, throughGateway } from "./requests.ts";
import { count, countActions, versions } from "./state.ts";

// Uses the actions, features and model that lapse.cluster-test.ts left.

const today = dayOf(Date.now());
const at = (minutes: number) => new Date(startOf(today) + 3_600_000 + minutes * 60_000).toISOString();
const run = randomUUID();

const json = { "content-type": "application/json" };
const ask = () => predict([stranger()]);

/** Sends an action of `user`. The same `id` of the same user is the same action. */
const send = (user: string, id: string) =>
  throughGateway("ingest", "/", {
    body: JSON.stringify({ user_id: user, action: "login", timestamp: at(0), event_id: `${user}-${id}` }),
    headers: json,
  });

/** Stores users with an action yesterday, enough to be written in several batches. */
async function sendCrowd() {
  const [name, size] = [`crowd-${randomUUID()}`, 10_000];
  const lines = Array.from({ length: size }, (_, i) =>
    JSON.stringify({ user_id: `${name}-${i}`, action: "login", timestamp: at(-1440) }),
  );
  for (let from = 0; from < size; from += 5000) {
    const body = lines.slice(from, from + 5000).join("\n");
    await untilTaken(() =>
      throughGateway("ingest", "/", { body, headers: { "content-type": "application/x-ndjson" } }),
    );
  }
  return { size, query: `user.id:${name}*` };
}

beforeAll(async () => {
  // Training as a Service again, not as a Job.
  await applyOverlay("plain");
  await kubectl("wait", "--for=condition=ready", "--timeout=120s", "ksvc/train", "trigger/train");
});

describe("lapse while its pods are killed", { timeout: 480_000 }, () => {
  it("stores each action once that is sent until it is accepted, while ingest and Elasticsearch are killed", async () => {
    const user = `killed-${run}`;
    let count = 0;
    const { failures } = await underLoad(
      4,
      () => {
        const id = `${count++}`;
        return untilTaken(() => send(user, id));
      },
      async () => {
        await untilTaken(() => send(user, "first"));
        expect(await killPodsOf("ingest")).not.toEqual([]);
        await untilTaken(() => send(user, "first"));
        await killStore("elasticsearch-0", "java");
        await untilTaken(() => send(user, "first"));
        await killPodsOf("ingest");
        await untilTaken(() => send(user, "last"));
      },
    );
    expect(failures).toEqual([]);
    expect(await countActions(user)).toBe(count + 2);
  });

  it("stores each action once that the Broker accepted, while ingest is killed", async () => {
    const user = `broker-${run}`;
    for (let i = 0; i < 60; i++) {
      const event = {
        id: `${i}`,
        source: `/cluster-test/${run}`,
        type: actionEvent.type,
        subject: user,
        time: at(0),
      };
      await publish({ ...event, data: { action: "login" } });
      if (i % 20 === 10) await killPodsOf("ingest");
    }
    await eventually(async () => expect(await countActions(user)).toBe(60));
  });

  it("computes features and scores although each function is killed at its work", async () => {
    await untilInTime(async () => {
      const crowd = await sendCrowd();
      const unfinished = (index: string) => async () => (await count(index, crowd.query)) < crowd.size;
      const [writesFeatures, writesScores] = [
        await signOfWork("lapse-features", "indexing.index_total"),
        await signOfWork("lapse-scores", "indexing.index_total"),
      ];
      await command("job", "features");
      if (!(await killAtWork("features", writesFeatures, unfinished("lapse-features")))) return false;
      if (!(await killAtWork("score", writesScores, unfinished("lapse-scores")))) return false;
      await eventually(async () => expect(await count("lapse-scores", crowd.query)).toBe(crowd.size));
      return true;
    });
  });

  it("trains a model although train is killed at its work", async () => {
    await untilInTime(async (attempt) => {
      const before = await versions();
      const reads = await signOfWork("lapse-user-days-*", "search.query_total");
      await publish(ping("train", `train-${run}-${attempt}`, at(11 + attempt)));
      const unfinished = async () => (await versions()).length === before.length;
      if (!(await killAtWork("train", reads, unfinished))) return false;
      await eventually(async () => expect(await versions()).toHaveLength(before.length + 1), 240);
      return true;
    });
  });

  it("keeps every dead letter that dead-letters took, although it is killed", async () => {
    const subject = `bad-${run}`;
    const url = "http://dead-letters.lapse.svc.cluster.local/";
    // As a broker hands them over: again until they are taken.
    const handOver = (id: number) => {
      const letter = {
        id: `${id}`,
        source: `/cluster-test/${run}`,
        type: actionEvent.type,
        subject,
        data: { action: "" },
      };
      return eventually(async () => expect(await offer(letter, undefined, toBinary, url)).toBeLessThan(300));
    };
    await handOver(0);
    const others = Array.from({ length: 20 }, (_, i) => handOver(i + 1));
    expect(await killPodsOf("dead-letters")).not.toEqual([]);
    await Promise.all(others);
    await handOver(21);
    await eventually(async () => expect((await command("dead-letters", "list")).split(subject)).toHaveLength(1 + 22));
  });

  it("predicts again after the predictor is killed, and throughout while MinIO is", async () => {
    expect((await ask()).status).toBe(200);
    const killed = await killPodsOf("churn-predictor");
    expect(killed).not.toEqual([]);
    await untilRouted(ask, killed);
    const { answered, failures } = await underLoad(4, ask, () => killStore("minio-0", "minio"));
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(100);
  });
});

describe("a rolling update", { timeout: 480_000 }, () => {
  it("fails no request to the predictor or to ingest while their revisions change", async () => {
    const user = `rolling-${run}`;
    await Promise.all([untilRouted(ask, []), untilRouted(() => send(`before-${run}`, "first"), [])]);
    const [oldPredictors, oldIngest] = [await podsOf("churn-predictor"), await podsOf("ingest")];
    const updated = (containers: string) =>
      JSON.stringify([{ op: "add", path: `${containers}/0/env`, value: [{ name: "UPDATED", value: run }] }]);
    let count = 0;
    let ingested = { answered: 0, failures: [] as readonly string[] };
    const predicted = await underLoad(8, ask, async () => {
      ingested = await underLoad(
        4,
        () => send(user, `${count++}`),
        async () => {
          await kubectl(
            "patch",
            "inferenceservice",
            "churn",
            "--type=json",
            "--patch",
            updated("/spec/predictor/containers"),
          );
          await kubectl("patch", "ksvc", "ingest", "--type=json", "--patch", updated("/spec/template/spec/containers"));
          // Until the old revisions have no pods left.
          for (const [service, old] of [
            ["churn-predictor", oldPredictors],
            ["ingest", oldIngest],
          ] as const)
            await eventually(async () => {
              const pods = await podsOf(service);
              expect(pods.length).toBeGreaterThan(0);
              expect(pods.filter((pod) => old.includes(pod))).toEqual([]);
            });
          // With the new ones alone.
          await new Promise((resolve) => setTimeout(resolve, 5000));
        },
      );
    });
    expect(predicted.failures).toEqual([]);
    expect(ingested.failures).toEqual([]);
    expect(predicted.answered).toBeGreaterThan(1000);
    expect(await countActions(user)).toBe(count);
  });
});
