import { expect, it } from "vitest";
import { kubectl, podsOf } from "./kubectl.ts";
import { overlay } from "./overlay.ts";
import { eventually, predict, stranger } from "./requests.ts";

// Uses the model that lapse.cluster-test.ts left, which tests canary and train-job.

it("keeps a pod of ingest and one of the predictor with deploy/always-on", async () => {
  await kubectl("apply", "--kustomize", overlay("always-on"));
  const ready = ["--for=condition=ready", "--timeout=60s"];
  await kubectl("wait", ...ready, "ksvc/ingest", "inferenceservice/churn");
  expect((await predict([stranger()])).status).toBe(200);
  // Twice the time after which pods of other Services are gone.
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  expect(await podsOf("ingest")).toHaveLength(1);
  expect(await podsOf("churn-predictor")).toHaveLength(1);
});

it("predicts without Knative in KServe's Standard mode", async () => {
  await kubectl("delete", "inferenceservice", "churn", "--timeout=90s");
  await kubectl("apply", "--kustomize", overlay("standard"));
  await eventually(async () => {
    await kubectl("wait", "--for=condition=available", "--timeout=5s", "deployment/churn-predictor");
    const reply = await predict([stranger()], "http://churn-predictor.lapse.svc.cluster.local");
    expect(reply).toMatchObject({ status: 200, body: { predictions: [{ probability: expect.any(Number) }] } });
  }, 90);
  expect(await kubectl("get", "ksvc", "churn-predictor", "--ignore-not-found")).toBe("");
  await kubectl("delete", "inferenceservice", "churn", "--timeout=90s");
  await kubectl("apply", "--kustomize", overlay("plain"));
  await kubectl("wait", "--for=condition=ready", "--timeout=90s", "inferenceservice/churn");
});
