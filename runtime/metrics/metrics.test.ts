import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { exampleModel } from "../../churn/example-model.ts";
import { actionMetrics } from "./actions.ts";
import { featureMetrics } from "./features.ts";
import { modelMetrics } from "./model.ts";
import { predictionMetrics } from "./predictions.ts";
import { processRegistry } from "./process.ts";
import { scoreMetrics } from "./scores.ts";
import { trainingMetrics } from "./training.ts";

describe("metrics", () => {
  it("count actions by outcome and reason", async () => {
    const registry = new Registry();
    const actions = actionMetrics(registry);
    actions.stored("created", 3);
    actions.stored("duplicate", 0);
    actions.rejected("timestamp", 2);
    expect(await samples(registry)).toEqual([
      'lapse_actions_total{outcome="created",reason="none"} 3',
      'lapse_actions_total{outcome="rejected",reason="timestamp"} 2',
    ]);
  });

  it("export one model version at a time", async () => {
    const registry = new Registry();
    const model = modelMetrics(registry);
    model.served("a", 1_000);
    model.served("b", 2_500);
    model.loadFailed();
    expect(await samples(registry)).toEqual([
      'lapse_model_info{version="b"} 1',
      "lapse_model_served_since_timestamp_seconds 2.5",
      'lapse_model_loads_total{outcome="served"} 2',
      'lapse_model_loads_total{outcome="failed"} 1',
    ]);
  });

  it("count predictions by risk, and refusals by reason", async () => {
    const registry = new Registry();
    const predictions = predictionMetrics(registry);
    predictions.predicted("high", 0.8);
    predictions.refused("unknown_user");
    predictions.inferred(2, 0.0002);
    const lines = await samples(registry);
    expect(lines).toContain('lapse_predictions_total{outcome="high"} 1');
    expect(lines).toContain('lapse_predictions_total{outcome="unknown_user"} 1');
    expect(lines).toContain('lapse_prediction_probability_bucket{le="0.8"} 1');
    expect(lines).toContain("lapse_prediction_instances_sum 2");
  });

  it("tell of the nightly work", async () => {
    const registry = new Registry();
    const features = featureMetrics(registry);
    features.rolledUp(120, 0.2);
    features.extracted(40, 0.3);
    scoreMetrics(registry).scored({ low: 30, medium: 7, high: 3 }, 0.1);
    const lines = await samples(registry);
    expect(lines).toContain("lapse_roll_up_user_days 120");
    expect(lines).toContain("lapse_feature_users 40");
    expect(lines).toContain('lapse_scored_users{risk="high"} 3');
    expect(lines).toContain("lapse_score_duration_seconds_count 1");
  });

  it("tell of training by its outcome", async () => {
    const registry = new Registry();
    const { manifest } = exampleModel();
    trainingMetrics(registry).trained(manifest);
    const lines = await samples(registry);
    expect(lines).toContain('lapse_training_duration_seconds_count{outcome="promoted"} 1');
    expect(lines).toContain(`lapse_training_quality{metric="auc"} ${manifest.test.auc.value}`);
    expect(lines).toContain(`lapse_training_rows ${manifest.training.rows}`);
  });

  it("watch the process under lapse's own prefix", async () => {
    const registry = processRegistry();
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    expect(names).toContain("lapse_nodejs_eventloop_lag_seconds");
    expect(names).toContain("lapse_process_resident_memory_bytes");
    expect(names.every((name) => name.startsWith("lapse_"))).toBe(true);
  });
});

async function samples(registry: Registry): Promise<string[]> {
  const text = await registry.metrics();
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
