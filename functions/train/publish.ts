import { createHash } from "node:crypto";
import { formatDay } from "#churn/day.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { rules } from "#churn/training/fit-family.ts";
import { comparedIn, openGraph } from "#stores/models/graph.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import type { Learned } from "./learn.ts";
import { renderReport } from "./report/report.ts";

interface PublishServices {
  readonly models: ModelStore;
  readonly now: () => number;
}

/**
 * Writes what was learned as a version of the model: model.onnx, model.json and report.html. First the graph is held to the formula, so
 * that a predictor that starts need not do it before its first response.
 */
export async function publish(version: string, learned: Learned, services: PublishServices): Promise<ModelManifest> {
  const made = manifestOf(version, learned, new Date(services.now()).toISOString());
  const graph = await openGraph({ manifest: made, onnx: learned.onnx });
  await graph.dispose();
  const manifest = { ...made, heldTo: comparedIn(made) };
  await services.models.publish({ manifest, onnx: learned.onnx, report: renderReport(manifest) });
  return manifest;
}

/** `created` is in ISO 8601. */
function manifestOf(version: string, learned: Learned, created: string): ModelManifest {
  const { definition, split, names, model, proof, rows, churned, onnx, decision } = learned;
  return {
    schema: 2,
    name: "churn",
    version,
    created,
    sha256: createHash("sha256").update(onnx).digest("hex"),
    definition: { churn: definition.churn, actions: [...definition.actions] },
    features: [...names],
    parameters: model.parameters,
    proof: {
      parameters: proof.model.parameters,
      snapshots: split.proof.map(formatDay),
      rows: proof.rows,
      churned: proof.churned,
    },
    typical: [...model.typical],
    associations: [...model.associations],
    importances: [...learned.importances],
    thresholds: learned.thresholds,
    training: {
      snapshots: learned.snapshots.map(formatDay),
      rows,
      churned,
      halfLifeDays: null,
      l2: rules.l2,
      gradientNorm: model.gradientNorm,
      families: [...proof.model.choice.losses],
      seconds: learned.seconds,
    },
    test: proof.evaluation,
    peers: proof.peers,
    segments: learned.segments,
    decision,
    reference: learned.reference,
  };
}
