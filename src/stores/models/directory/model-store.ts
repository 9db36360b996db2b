import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "#churn/failure.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { createDirectory, isErrorCode, isNoFile, removeAbandoned } from "../../durable-files.ts";
import { StoreUnavailable } from "../../failures.ts";
import { newestFirst } from "../alias-file.ts";
import { CorruptModel, VersionExists, VersionNotFound } from "../failures.ts";
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
import { aliases, checkSum, filesOf, isVersion, parseManifest } from "../version-files.ts";
import { moveAlias, readAlias, readMoves } from "./alias.ts";

/**
 * Models under `<path>/churn/<version>/`, aliases under `<path>/churn/aliases/`. Safe for several processes on one
 * machine: a version appears whole by a rename, and an alias moves by creating a file that must not exist.
 */
export class DirectoryModelStore implements ModelStore {
  readonly #path: string;
  readonly #now: () => number;
  /** Those last read: one after the other, functions ask for the same version, and to check one with hundreds of trees takes a while. */
  #parsed: readonly { readonly text: string; readonly manifest: ModelManifest }[] = [];

  private constructor(path: string, now: () => number) {
    this.#path = path;
    this.#now = now;
  }

  /**
   * The models in the directory `path`, created if missing. `now` dates the moves of aliases, in ms since the epoch. Throws
   * StoreUnavailable.
   */
  static async open(path: string, { now }: { now: () => number }): Promise<DirectoryModelStore> {
    const models = join(path, "churn");
    await available("open the models", mkdir(join(models, aliases), { recursive: true }));
    await available("open the models", removeAbandoned(models, now()));
    return new DirectoryModelStore(models, now);
  }

  async publish(artifact: ModelArtifact): Promise<void> {
    const { version } = artifact.manifest;
    const files = filesOf(artifact);
    const isNew = await available(`publish ${version}`, createDirectory(join(this.#path, version), files));
    if (!isNew) throw new VersionExists(`Could not publish ${version}: there is a model version of that name`);
  }

  async versions(): Promise<readonly string[]> {
    const names = await available("list model versions", readdir(this.#path));
    return names.filter(isVersion).sort().reverse();
  }

  async manifest(version: string): Promise<ModelManifest> {
    const text = (await this.#read(version, "model.json")).toString("utf8");
    const known = this.#parsed.find((parsed) => parsed.manifest.version === version && parsed.text === text);
    if (known !== undefined) return known.manifest;
    const manifest = parseManifest(version, text);
    this.#parsed = [{ text, manifest }, ...this.#parsed].slice(0, mostParsed);
    return manifest;
  }

  async model(version: string): Promise<StoredModel> {
    const manifest = await this.manifest(version);
    const onnx = await this.#read(version, "model.onnx");
    checkSum(manifest, onnx);
    return { manifest, onnx };
  }

  async report(version: string): Promise<string> {
    return (await this.#read(version, "report.html")).toString("utf8");
  }

  alias(name: AliasName): Promise<Alias | undefined> {
    return available(`read the alias ${name}`, readAlias(this.#aliasPath(name)));
  }

  async moveAlias(name: AliasName, version: string, expected: string | undefined, note: MoveNote): Promise<Alias> {
    await this.manifest(version);
    const move = { ...note, version, movedAt: new Date(this.#now()).toISOString() };
    return available(`move the alias ${name}`, moveAlias(this.#aliasPath(name), move, expected));
  }

  async history(): Promise<readonly AliasMove[]> {
    const moves = aliasNames.map((name) => readMoves(name, this.#aliasPath(name)));
    return newestFirst(await available("read the history of the aliases", Promise.all(moves)));
  }

  #aliasPath(name: AliasName): string {
    return join(this.#path, aliases, name);
  }

  async #read(version: string, file: string): Promise<Buffer> {
    if (!isVersion(version)) throw new VersionNotFound(`There is no model version ${version}`);
    const directory = join(this.#path, version);
    try {
      return await readFile(join(directory, file));
    } catch (error) {
      if (!isErrorCode(error, "ENOENT") && !isNoFile(error))
        throw fileFailure(`read ${file} of version ${version}`, error);
      if ((await this.versions()).includes(version)) throw new CorruptModel(`${file} of version ${version} is missing`);
      throw new VersionNotFound(`There is no model version ${version}`);
    }
  }
}

/** Champion and challenger. */
const mostParsed = 2;

/** Throws StoreUnavailable if the file system fails to `purpose` ("move the alias champion"). */
async function available<T>(purpose: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Failure ? error : fileFailure(purpose, error);
  }
}

function fileFailure(purpose: string, cause: unknown): StoreUnavailable {
  return new StoreUnavailable(`Could not ${purpose}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}
