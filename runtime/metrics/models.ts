import { Gauge, type Registry } from "prom-client";
import type { ModelManifest } from "../../churn/manifest.ts";
import { setQuality } from "./quality.ts";

/** The models that aliases point at; undefined where an alias points at none. */
export interface AliasedModels {
  readonly champion: ModelManifest | undefined;
  readonly challenger: ModelManifest | undefined;
}

export interface RegistryMetrics {
  /** In place of whatever stood at the aliases before. */
  aliased(models: AliasedModels): void;
}

/** The champion and the challenger: how good each was out of time, and how old it is. */
export function registryMetrics(registry: Registry): RegistryMetrics {
  const quality = new Gauge({
    name: "lapse_model_quality",
    help: "Out-of-time quality of the champion and the challenger, by metric (auc, log_loss, brier, ece)",
    labelNames: ["alias", "metric"],
    registers: [registry],
  });
  const created = new Gauge({
    name: "lapse_model_created_timestamp_seconds",
    help: "When the champion and the challenger were made",
    labelNames: ["alias"],
    registers: [registry],
  });
  return {
    aliased(models) {
      quality.reset();
      created.reset();
      for (const [alias, manifest] of Object.entries(models)) {
        if (manifest === undefined) continue;
        setQuality(quality, manifest, { alias });
        created.set({ alias }, Date.parse(manifest.created) / 1000);
      }
    },
  };
}
