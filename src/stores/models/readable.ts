import type { ModelManifest } from "#churn/model/manifest.ts";
import { CorruptModel, VersionNotFound } from "./failures.ts";
import type { ModelStore } from "./model-store.ts";

/** Whether a version cannot be read because its files are damaged or gone, which must not stop what does not need it. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof CorruptModel || error instanceof VersionNotFound;
}

/** The manifest of a version; undefined if it cannot be read. Throws StoreUnavailable. */
export async function readableManifest(
  version: string,
  store: Pick<ModelStore, "manifest">,
): Promise<ModelManifest | undefined> {
  try {
    return await store.manifest(version);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

export interface ReadVersions {
  /** In the order asked for. */
  readonly versions: readonly ModelManifest[];
  /** The names of those whose files are damaged. */
  readonly damaged: readonly string[];
}

/** The manifests of these versions, apart from those that are damaged. Throws VersionNotFound and StoreUnavailable. */
export async function readVersions(
  names: readonly string[],
  store: Pick<ModelStore, "manifest">,
): Promise<ReadVersions> {
  const read = await Promise.all(
    names.map((name) =>
      store.manifest(name).catch((error: unknown) => {
        if (error instanceof CorruptModel) return name;
        throw error;
      }),
    ),
  );
  return {
    versions: read.filter((one) => typeof one !== "string"),
    damaged: read.filter((one) => typeof one === "string"),
  };
}
