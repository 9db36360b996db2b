import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { peerQualities, testQuality } from "#churn/model/quality.ts";
import { setQuality } from "./quality.ts";
import { unsetGauge } from "./unset-gauge.ts";

export interface TrainingMetrics {
  /** A version was trained and published, promoted or not. */
  trained(manifest: ModelManifest): void;
  /** The version that an event asks for is published, just now or when the event was handled before. */
  published(manifest: ModelManifest): void;
  /** Nothing could be trained, or what was trained not be published. */
  failed(): void;
}

/** Training runs, and how good the last model was out of time. */
export function trainingMetrics(metrics: Registry): TrainingMetrics {
  const durations = new Histogram({
    name: "lapse_training_duration_seconds",
    help: "Time to read the actions, train and judge a model, by outcome (promoted, rejected)",
    labelNames: ["outcome"],
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
    registers: [metrics],
  });
  const runs = new Counter({
    name: "lapse_training_total",
    help: "Training runs by outcome (promoted, rejected, failed)",
    labelNames: ["outcome"],
    registers: [metrics],
  });
  const rows = unsetGauge(metrics, "lapse_training_rows", "Labelled rows that the last model was trained on");
  const quality = new Gauge({
    name: "lapse_training_quality",
    help: "Out-of-time quality of the last model, by metric (auc, log_loss, brier, ece)",
    labelNames: ["metric"],
    registers: [metrics],
  });
  const peers = new Gauge({
    name: "lapse_training_peer_quality",
    help: "Quality of simpler rules (recency, plain_rate) on the users that lapse_training_quality is about, by metric (auc, log_loss, brier, ece)",
    labelNames: ["peer", "metric"],
    registers: [metrics],
  });
  const succeededAt = unsetGauge(
    metrics,
    "lapse_training_last_success_timestamp_seconds",
    "When the last version was published, promoted or not",
  );
  return {
    trained({ decision, training }) {
      const outcome = decision.promoted ? "promoted" : "rejected";
      durations.observe({ outcome }, training.seconds);
      runs.inc({ outcome });
    },
    published(manifest) {
      rows.set(manifest.training.rows);
      setQuality(quality, testQuality(manifest));
      peers.reset();
      for (const [peer, itsQuality] of Object.entries(peerQualities(manifest))) setQuality(peers, itsQuality, { peer });
      succeededAt.set(Date.parse(manifest.created) / 1000);
    },
    failed() {
      runs.inc({ outcome: "failed" });
    },
  };
}
