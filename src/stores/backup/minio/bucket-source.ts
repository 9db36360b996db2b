import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { InvalidInput } from "#churn/failure.ts";
import type { MinioObjects } from "../../connections/minio/objects.ts";
import { writeDurably } from "../../durable-files.ts";
import type { BackupSource } from "../backup-place.ts";
import { Digest } from "../digest.ts";
import { type BackupFile, manifestName } from "../manifest.ts";

/** A backup in a bucket, whose objects are small enough to be read whole. */
export class BucketSource implements BackupSource {
  readonly name: string;
  readonly #objects: MinioObjects;
  readonly #prefix: string;

  /** `prefix` ends with a slash. */
  constructor(objects: MinioObjects, prefix: string, name: string) {
    this.#objects = objects;
    this.#prefix = prefix;
    this.name = name;
  }

  async manifest(): Promise<string> {
    const object = await this.#objects.read(`${this.#prefix}${manifestName}`);
    if (object === undefined) throw new InvalidInput(`There is no backup at ${this.name}: it has no ${manifestName}.`);
    return object.content.toString("utf8");
  }

  async read(file: BackupFile): Promise<Buffer> {
    const object = await this.#objects.read(`${this.#prefix}${file.name}`);
    if (object === undefined)
      throw new InvalidInput(`The backup ${this.name} is damaged: ${file.name} cannot be read.`);
    const digest = new Digest();
    digest.add(object.content);
    digest.require(file, this.name);
    return object.content;
  }

  async check(file: BackupFile): Promise<void> {
    await this.read(file);
  }

  async copyTo(file: BackupFile, path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(path, await this.read(file));
  }
}
