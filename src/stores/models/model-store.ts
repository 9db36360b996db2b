import type { Evidence } from "#churn/gate/evidence.ts";
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

  /** Where an alias points now; undefined if it was never set. Throws DamagedAlias. */
  alias(name: AliasName): Promise<Alias | undefined>;

  /**
   * Points an alias at a version if its revision is still `expected` (undefined: not set yet), and records the move
   * with its note. Of two simultaneous moves exactly one succeeds; the other throws AliasMoved. Throws VersionNotFound
   * for an unknown version. A damaged alias is mended by it.
   */
  moveAlias(name: AliasName, version: string, expected: string | undefined, note: MoveNote): Promise<Alias>;

  /** Every move that an alias ever made, newest first; one whose record is damaged stands in its place without what it said. */
  history(): Promise<readonly AliasMove[]>;
}

export const aliasNames = ["champion", "challenger"] as const;
export type AliasName = (typeof aliasNames)[number];

export interface Alias {
  readonly version: string;
  /** The version it pointed at before, to roll back to. */
  readonly previous?: string | undefined;
  /** When it was moved, ISO 8601. */
  readonly movedAt: string;
  /** Opaque; changes with every move. Pass it to `moveAlias`. */
  readonly revision: string;
  /** What this version stands in for because it cannot be read, in words; see SoundAliases. */
  readonly standsInFor?: string | undefined;
}

/** Who moves an alias, and why. */
export interface MoveNote {
  /** A person, or the function that did it. */
  readonly by: string;
  /** In words. */
  readonly reason: string;
  /** The numbers that the move rests on; absent where there are none. */
  readonly evidence?: Evidence;
}

/** A move as it was recorded. */
export interface AliasMove extends MoveNote {
  readonly alias: AliasName;
  /** ISO 8601; undefined if its record cannot be read. */
  readonly at: string | undefined;
  /** The version it pointed at until then; undefined if it was not set. */
  readonly from: string | undefined;
  /** Undefined if its record cannot be read. */
  readonly to: string | undefined;
}

export interface StoredModel {
  readonly manifest: ModelManifest;
  readonly onnx: Uint8Array;
}

export interface ModelArtifact extends StoredModel {
  readonly report: string;
}
