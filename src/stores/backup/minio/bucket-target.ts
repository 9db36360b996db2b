import { InvalidInput } from "#churn/failure.ts";
import type { MinioObjects } from "../../connections/minio/objects.ts";
import type { BackupTarget } from "../backup-place.ts";
import { digestOf } from "../digest.ts";
import { type BackupFile, manifestName } from "../manifest.ts";

/** A backup as objects with a prefix, which are one once the manifest is there: it is written last. */
export class BucketTarget implements BackupTarget {
  readonly files: BackupFile[] = [];
  readonly #objects: MinioObjects;
  readonly #prefix: string;

  private constructor(objects: MinioObjects, prefix: string) {
    this.#objects = objects;
    this.#prefix = prefix;
  }

  /** `prefix` ends with a slash. Throws InvalidInput if there are objects with it. */
  static async begin(objects: MinioObjects, prefix: string, name: string): Promise<BucketTarget> {
    if ((await objects.list(prefix)).length > 0)
      throw new InvalidInput(`Cannot back up to ${name}: it is not empty. Each backup takes a new place.`);
    return new BucketTarget(objects, prefix);
  }

  async write(name: string, content: Uint8Array): Promise<void> {
    await this.#objects.put(`${this.#prefix}${name}`, content);
    this.files.push({ name, bytes: content.byteLength, sha256: digestOf(content) });
  }

  async make(): Promise<void> {
    throw new InvalidInput("The embedded database is backed up to a folder: name one instead of a bucket.");
  }

  finish(manifest: string): Promise<void> {
    return this.#objects.put(`${this.#prefix}${manifestName}`, Buffer.from(manifest));
  }

  async abandon(): Promise<void> {
    for (const { name } of this.files) await this.#objects.remove(`${this.#prefix}${name}`).catch(() => undefined);
  }
}
