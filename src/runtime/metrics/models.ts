import { Gauge, type Registry } from "prom-client";
import { frozenCauses } from "#churn/gate/decision.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { peerQualities, recentQuality, testQuality } from "#churn/model/quality.ts";
import { setQuality } from "./quality.ts";
import { unsetGauge } from "./unset-gauge.ts";

/** The models that aliases point at; undefined where an alias points at none. */
export interface AliasedModels {
  readonly champion: ModelManifest | undefined;
  readonly challenger: ModelManifest | undefined;
}

export interface AliasMetrics {
  /** Replaces what was exported before. */
  aliased(models: AliasedModels): void;
}

/** The champion and the challenger: how good each was out of time, and how old it is. */
export function aliasMetrics(metrics: Registry): AliasMetrics {
  const quality = new Gauge({
    name: "lapse_model_quality",
    help: "Out-of-time quality of the champion and the challenger, by metric (auc, log_loss, brier, ece)",
    labelNames: ["alias", "metric"],
    registers: [metrics],
  });
  const peers = new Gauge({
    name: "lapse_model_peer_quality",
    help: "Quality of simpler rules (recency: days since the last action alone; plain_rate: the same share for everybody) on the users that lapse_model_quality is about, by metric (auc, log_loss, brier, ece)",
    labelNames: ["alias", "peer", "metric"],
    registers: [metrics],
  });
  const recent = new Gauge({
    name: "lapse_champion_recent_quality",
    help: "Quality of the champion on the newest users whose outcome is known, by metric (auc, log_loss, brier, ece)",
    labelNames: ["metric"],
    registers: [metrics],
  });
  const recentPeers = new Gauge({
    name: "lapse_champion_recent_peer_quality",
    help: "Quality of simpler rules (recency, plain_rate) on the users that lapse_champion_recent_quality is about, by metric (auc, log_loss, brier, ece)",
    labelNames: ["peer", "metric"],
    registers: [metrics],
  });
  const recentSnapshot = unsetGauge(
    metrics,
    "lapse_champion_recent_snapshot_timestamp_seconds",
    "The snapshot of the users that lapse_champion_recent_quality is about",
  );
  const created = new Gauge({
    name: "lapse_model_created_timestamp_seconds",
    help: "When the champion and the challenger were made",
    labelNames: ["alias"],
    registers: [metrics],
  });
  const frozen = new Gauge({
    name: "lapse_promotion_frozen",
    help: "1 while no model is promoted because the newest data look broken, by cause (champion_loss, volume, mix)",
    labelNames: ["cause"],
    registers: [metrics],
  });
  const stands = unsetGauge(
    metrics,
    "lapse_champion_stands",
    "Whether the champion is taken for better than the plain rate and recency alone: 0 once it was judged again and was not",
  );
  return {
    aliased(models) {
      quality.reset();
      peers.reset();
      recent.reset();
      recentPeers.reset();
      created.reset();
      frozen.reset();
      stands.remove();
      for (const [alias, manifest] of Object.entries(models)) {
        if (manifest === undefined) continue;
        setQuality(quality, testQuality(manifest), { alias });
        for (const [peer, itsQuality] of Object.entries(peerQualities(manifest)))
          setQuality(peers, itsQuality, { alias, peer });
        created.set({ alias }, Date.parse(manifest.created) / 1000);
      }
      const { champion, challenger } = models;
      if (champion === undefined) return;
      const newest = recentQuality(champion, challenger);
      setQuality(recent, newest);
      for (const [peer, itsQuality] of Object.entries(newest.peers)) setQuality(recentPeers, itsQuality, { peer });
      recentSnapshot.set(Date.parse(newest.snapshot) / 1000);
      // What the last training found beside this champion. It says nothing of one that was put into service since.
      const found = challenger?.decision.champion === champion.version ? challenger.decision : undefined;
      for (const cause of frozenCauses)
        frozen.set({ cause }, found?.frozen?.some((one) => one.cause === cause) ? 1 : 0);
      if (found?.standing !== undefined) stands.set(found.standing.stands ? 1 : 0);
    },
  };
}
