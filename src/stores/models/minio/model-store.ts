import type { ModelManifest } from "#churn/model/manifest.ts";
import type { MinioConnection } from "../../connections/minio/connection.ts";
import { MinioObjects } from "../../connections/minio/objects.ts";
import { newestFirst } from "../alias-file.ts";
import { CorruptModel, VersionNotFound } from "../failures.ts";
import {
  type Alias,
  type AliasMove,
  type AliasName,
  aliasNames,
  type ModelArtifact,
  type ModelStore,
  type MoveNote,
  type StoredModel,
} from "../model-store.ts";
import { aliases, checkSum, filesOf, isVersion, parseManifest, type VersionFile } from "../version-files.ts";
import { type AliasKeys, moveAlias, readAlias, readMoves } from "./alias.ts";
import { publishFiles } from "./publish.ts";

/**
 * Models as objects `churn/<version>/…`, which are created once and never overwritten; a version exists when its
 * model.json does. Aliases are `churn/aliases/<name>.json`, moved by a write on condition that they have not been moved
 * meanwhile; their former moves are `churn/aliases/moves/<name>/<number>.json`, which are created once as well. Every method throws StoreUnavailable, with one line that says what to check.
 */
export class MinioModelStore implements ModelStore {
  readonly #objects: MinioObjects;
  readonly #now: () => number;

  private constructor(objects: MinioObjects, now: () => number) {
    this.#objects = objects;
    this.#now = now;
  }

  /** Sends nothing yet; the bucket must exist at first use. `now` dates the moves of aliases, in ms since the epoch. */
  static open(connection: MinioConnection, { now }: { now: () => number }): MinioModelStore {
    return new MinioModelStore(new MinioObjects(connection), now);
  }

  async publish(artifact: ModelArtifact): Promise<void> {
    const { version } = artifact.manifest;
    const keys = { file: (file: VersionFile) => keyOf(version, file), draft: `drafts/${models}/${version}.json` };
    await publishFiles(this.#objects, version, filesOf(artifact), keys);
  }

  async versions(): Promise<readonly string[]> {
    const keys = await this.#objects.list(`${models}/`);
    const names = keys.flatMap((key) => /^[^/]+\/([^/]+)\/model\.json$/.exec(key)?.[1] ?? []);
    return names.filter(isVersion).sort().reverse();
  }

  async manifest(version: string): Promise<ModelManifest> {
    const object = isVersion(version) ? await this.#objects.read(keyOf(version, "model.json")) : undefined;
    if (object === undefined) throw new VersionNotFound(`There is no model version ${version}`);
    return parseManifest(version, object.content.toString("utf8"));
  }

  async model(version: string): Promise<StoredModel> {
    const manifest = await this.manifest(version);
    const onnx = await this.#read(version, "model.onnx");
    checkSum(manifest, onnx);
    return { manifest, onnx };
  }

  async report(version: string): Promise<string> {
    // A version that is not completely published does not exist.
    await this.manifest(version);
    return (await this.#read(version, "report.html")).toString("utf8");
  }

  alias(name: AliasName): Promise<Alias | undefined> {
    return readAlias(this.#objects, aliasKeys(name).alias);
  }

  async moveAlias(name: AliasName, version: string, expected: string | undefined, note: MoveNote): Promise<Alias> {
    await this.manifest(version);
    const move = { ...note, version, movedAt: new Date(this.#now()).toISOString() };
    return moveAlias(this.#objects, aliasKeys(name), move, expected);
  }

  async history(): Promise<readonly AliasMove[]> {
    const moves = aliasNames.map((name) => readMoves(name, this.#objects, aliasKeys(name)));
    return newestFirst(await Promise.all(moves));
  }

  /** A file of an existing version. */
  async #read(version: string, file: VersionFile): Promise<Buffer> {
    const object = await this.#objects.read(keyOf(version, file));
    if (object === undefined) throw new CorruptModel(`${file} of version ${version} is missing`);
    return object.content;
  }
}

const models = "churn";

function keyOf(version: string, file: VersionFile): string {
  return `${models}/${version}/${file}`;
}

function aliasKeys(name: AliasName): AliasKeys {
  const folder = `${models}/${aliases}`;
  return { alias: `${folder}/${name}.json`, moves: `${folder}/moves/${name}/` };
}
