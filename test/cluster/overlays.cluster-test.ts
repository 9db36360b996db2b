import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toBinary } from "#runtime/events.ts";
import { kubectl, podsOf } from "./kubectl.ts";
import { applyOverlay } from "./overlay.ts";
import { eventually, offer, predict, stranger } from "./requests.ts";

// Uses the model that lapse.cluster-test.ts left, which tests canary and train-job.

/** An event that no function takes. */
const refused = { id: "refused", source: "/overlays", type: "dev.example.unknown", data: {} };

it("keeps a pod of ingest and one of the predictor with deploy/always-on", async () => {
  await applyOverlay("always-on");
  const ready = ["--for=condition=ready", "--timeout=120s"];
  await kubectl("wait", ...ready, "ksvc/ingest", "inferenceservice/churn");
  expect((await predict([stranger()])).status).toBe(200);
  // Twice as long as another Service keeps its pod after a request.
  for (let times = 0; times < 2; times += 1) {
    expect(await offer(refused, undefined, toBinary, "http://monitor.lapse.svc.cluster.local/")).toBe(400);
    await eventually(async () => expect(await podsOf("monitor")).toEqual([]));
  }
  expect(await podsOf("ingest")).toHaveLength(1);
  expect(await podsOf("churn-predictor")).toHaveLength(1);
});

describe("in KServe's Standard mode", () => {
  // The mode of an InferenceService cannot be changed.
  const replace = async (name: "standard" | "plain") => {
    await kubectl("delete", "inferenceservice", "churn", "--ignore-not-found", "--timeout=180s");
    await applyOverlay(name);
  };

  beforeAll(() => replace("standard"));
  afterAll(async () => {
    await replace("plain");
    await kubectl("wait", "--for=condition=ready", "--timeout=180s", "inferenceservice/churn");
  });

  it("predicts without Knative", async () => {
    await eventually(async () => {
      await kubectl("wait", "--for=condition=available", "--timeout=5s", "deployment/churn-predictor");
      const reply = await predict([stranger()], "http://churn-predictor.lapse.svc.cluster.local");
      expect(reply).toMatchObject({ status: 200, body: { predictions: [{ probability: expect.any(Number) }] } });
    });
    expect(await kubectl("get", "ksvc", "churn-predictor", "--ignore-not-found")).toBe("");
  });
});
