import { Registry } from "prom-client";
import { describe, expect, it, vi } from "vitest";
import { exampleModel } from "#test/support/example-model.ts";
import { actionMetrics } from "./actions.ts";
import { deadLetterMetrics } from "./dead-letters.ts";
import { featureMetrics } from "./features.ts";
import { modelMetrics } from "./model.ts";
import { predictionMetrics } from "./predictions.ts";
import { processRegistry } from "./process.ts";
import { scoreMetrics } from "./scores.ts";
import { storeRetryMetrics } from "./store-retries.ts";
import { trainingMetrics } from "./training.ts";

describe("metrics", () => {
  it("count actions by outcome and reason", async () => {
    const metrics = new Registry();
    const actions = actionMetrics(metrics);
    actions.stored("created", 3);
    actions.stored("duplicate", 0);
    actions.rejected("timestamp", 2);
    expect(await samples(metrics)).toEqual([
      'lapse_actions_total{outcome="created",reason="none"} 3',
      'lapse_actions_total{outcome="rejected",reason="timestamp"} 2',
    ]);
  });

  it("put attributes that a sender made up into one series", async () => {
    const metrics = new Registry();
    const actions = actionMetrics(metrics);
    for (const field of ["madeup1", "madeup2", "subject"]) actions.rejected(field, 1);
    expect(await samples(metrics)).toEqual([
      'lapse_actions_total{outcome="rejected",reason="other"} 2',
      'lapse_actions_total{outcome="rejected",reason="subject"} 1',
    ]);
  });

  it("tell when the newest action happened, once there is one", async () => {
    const metrics = new Registry();
    const actions = actionMetrics(metrics);
    expect(await samples(metrics)).toEqual([]);
    for (const time of [2_000, 5_000, 3_000]) actions.taken(time);
    expect(await samples(metrics)).toEqual(["lapse_newest_action_timestamp_seconds 5"]);
  });

  it("export one model version at a time", async () => {
    const metrics = new Registry();
    const model = modelMetrics(metrics);
    const created = new Date(1_000).toISOString();
    model.served({ version: "a", created }, 2_000);
    model.served({ version: "b", created }, 2_500);
    model.loadFailed();
    expect(await samples(metrics)).toEqual([
      'lapse_model_info{version="b"} 1',
      "lapse_model_served_since_timestamp_seconds 2.5",
      "lapse_model_trained_timestamp_seconds 1",
      'lapse_model_loads_total{outcome="served"} 2',
      'lapse_model_loads_total{outcome="failed"} 1',
    ]);
    model.standsIn(true);
    model.withdrawn();
    expect(await samples(metrics)).toEqual([
      'lapse_model_loads_total{outcome="served"} 2',
      'lapse_model_loads_total{outcome="failed"} 1',
    ]);
  });

  it("count predictions by risk, and refusals by reason", async () => {
    const metrics = new Registry();
    const predictions = predictionMetrics(metrics);
    predictions.predicted("high", 0.8);
    predictions.refused("unknown_user");
    predictions.inferred(2, 0.0002);
    const lines = await samples(metrics);
    expect(lines).toContain('lapse_predictions_total{outcome="high"} 1');
    expect(lines).toContain('lapse_predictions_total{outcome="unknown_user"} 1');
    expect(lines).toContain('lapse_prediction_probability_bucket{le="0.8"} 1');
    expect(lines).toContain("lapse_prediction_instances_sum 2");
  });

  it("tell of the nightly work", async () => {
    const metrics = new Registry();
    const features = featureMetrics(metrics);
    features.rolledUp({ userDays: 120, seconds: 0.2, at: 1_000 });
    features.extracted({ users: { here: 40, lapsed: 9 }, snapshot: 500, seconds: 0.3, at: 2_000 });
    scoreMetrics(metrics).scored({ users: { low: 30, medium: 7, high: 3 }, seconds: 0.1, at: 3_000 });
    const lines = await samples(metrics);
    expect(lines).toContain("lapse_roll_up_last_success_timestamp_seconds 1");
    expect(lines).toContain("lapse_feature_snapshot_timestamp_seconds 0.5");
    expect(lines).toContain("lapse_feature_last_success_timestamp_seconds 2");
    expect(lines).toContain("lapse_score_last_success_timestamp_seconds 3");
    expect(lines).toContain("lapse_roll_up_rows 120");
    expect(lines).toContain('lapse_feature_users{state="here"} 40');
    expect(lines).toContain('lapse_feature_users{state="lapsed"} 9');
    expect(lines).toContain('lapse_scored_users{risk="high"} 3');
    expect(lines).toContain("lapse_score_duration_seconds_count 1");
  });

  it("tell of training by its outcome", async () => {
    const metrics = new Registry();
    const { manifest } = exampleModel();
    const training = trainingMetrics(metrics);
    training.failed();
    expect(await samples(metrics)).toEqual(['lapse_training_total{outcome="failed"} 1']);
    training.trained(manifest);
    training.published(manifest);
    const lines = await samples(metrics);
    expect(lines).toContain('lapse_training_total{outcome="promoted"} 1');
    expect(lines).toContain(`lapse_training_last_success_timestamp_seconds ${Date.parse(manifest.created) / 1000}`);
    expect(lines).toContain('lapse_training_duration_seconds_count{outcome="promoted"} 1');
    expect(lines).toContain(`lapse_training_quality{metric="auc"} ${manifest.test.auc.value}`);
    const recency = manifest.peers?.recency.auc.value;
    expect(lines).toContain(`lapse_training_peer_quality{peer="recency",metric="auc"} ${recency}`);
    expect(lines).toContain(`lapse_training_rows ${manifest.training.rows}`);
  });

  it("tell of dead letters why they are there, and how many while the store answers", async () => {
    const metrics = new Registry();
    let kept = async () => 3;
    const letters = deadLetterMetrics(metrics, () => kept());
    // A broker sends what was answered with 404, 408, 409 or 429 again, until it gives up.
    for (const status of [400, 413, 404, 408, 409, 429, 503, undefined]) letters.recorded(status);
    expect(await samples(metrics)).toEqual([
      'lapse_dead_letters_recorded_total{reason="refused"} 2',
      'lapse_dead_letters_recorded_total{reason="failed"} 5',
      'lapse_dead_letters_recorded_total{reason="unknown"} 1',
      "lapse_dead_letters 3",
    ]);
    kept = () => Promise.reject(new Error("down"));
    expect(await samples(metrics)).toHaveLength(3);
    // Nor does a store that is slow hold up what else is scraped.
    vi.useFakeTimers();
    kept = () => new Promise(() => undefined);
    const shown = samples(metrics);
    await vi.advanceTimersByTimeAsync(2_000);
    vi.useRealTimers();
    expect(await shown).toHaveLength(3);
  });

  it("count what a store was asked once more", async () => {
    const metrics = new Registry();
    storeRetryMetrics(metrics).retried("elasticsearch");
    expect(await samples(metrics)).toEqual(['lapse_store_retries_total{store="elasticsearch"} 1']);
  });

  it("watch the process under lapse's own prefix", async () => {
    const metrics = processRegistry();
    const names = metrics.getMetricsAsArray().map(({ name }) => name);
    expect(names).toContain("lapse_nodejs_eventloop_lag_seconds");
    expect(names).toContain("lapse_process_resident_memory_bytes");
    expect(names.every((name) => name.startsWith("lapse_"))).toBe(true);
  });
});

async function samples(metrics: Registry): Promise<string[]> {
  const text = await metrics.metrics();
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
