import type { ModelManifest } from "#churn/model/manifest.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { modelName } from "./model-name.ts";

/** A tensor in V2 metadata; -1 stands for any number of users. */
interface TensorMetadata {
  readonly name: string;
  readonly datatype: "BYTES" | "FP64";
  readonly shape: readonly number[];
}

interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * The V2 metadata of a version. Of the inputs, a request gives one. `properties.features` is a JSON array of the
 * features' names in the order of the tensor.
 */
export async function metadataOf(
  manifest: ModelManifest,
  models: Pick<ModelStore, "versions">,
): Promise<ModelMetadata> {
  return {
    name: modelName,
    versions: await versionsOf(manifest, models),
    platform: "onnxruntime_onnx",
    inputs: [
      { name: "features", datatype: "FP64", shape: [-1, manifest.features.length] },
      { name: "user_id", datatype: "BYTES", shape: [-1] },
    ],
    outputs: [
      { name: "probability", datatype: "FP64", shape: [-1] },
      { name: "risk", datatype: "BYTES", shape: [-1] },
      { name: "state", datatype: "BYTES", shape: [-1] },
      { name: "lapsed_since", datatype: "BYTES", shape: [-1] },
    ],
    properties: {
      version: manifest.version,
      created: manifest.created,
      sha256: manifest.sha256,
      features: JSON.stringify(manifest.features),
    },
  };
}

/** Every version that a path may name. While the model store is away, the one at hand. */
function versionsOf({ version }: ModelManifest, models: Pick<ModelStore, "versions">): Promise<readonly string[]> {
  return models.versions().catch(() => [version]);
}
