import type { ModelManifest } from "#churn/model/manifest.ts";

/** Immutable model versions, and the aliases that say which of them serve. */
export interface ModelStore {
  /** Stores a version, whole or not at all. Throws VersionExists if there is one of that name. */
  publish(artifact: ModelArtifact): Promise<void>;

  /** The names of all versions, newest first: they sort by time. */
  versions(): Promise<readonly string[]>;

  /** Throws VersionNotFound, or CorruptModel if it does not parse. */
  manifest(version: string): Promise<ModelManifest>;

  /** The model's bytes, whose sha256 agrees with the manifest; throws VersionNotFound or CorruptModel. */
  model(version: string): Promise<StoredModel>;

  /** The report of a version as a self-contained HTML page. */
  report(version: string): Promise<string>;

  /** Where an alias points now; undefined if it was never set. */
  alias(name: AliasName): Promise<Alias | undefined>;

  /**
   * Points an alias at a version if its revision is still `expected` (undefined: not set yet). Of two simultaneous
   * moves exactly one succeeds; the other throws AliasMoved. Throws VersionNotFound for an unknown version.
   */
  moveAlias(name: AliasName, version: string, expected: string | undefined): Promise<Alias>;
}

export type AliasName = "champion" | "challenger";

export interface Alias {
  readonly version: string;
  /** The version it pointed at before, to roll back to. */
  readonly previous?: string | undefined;
  /** When it was moved, ISO 8601. */
  readonly movedAt: string;
  /** Opaque; changes with every move. Pass it to `moveAlias`. */
  readonly revision: string;
}

export interface StoredModel {
  readonly manifest: ModelManifest;
  readonly onnx: Uint8Array;
}

export interface ModelArtifact extends StoredModel {
  readonly report: string;
}
