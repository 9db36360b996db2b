import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Failure, InvalidInput } from "#churn/failure.ts";
import { StoreUnavailable } from "../failures.ts";
import type { BackupSource } from "./backup-place.ts";
import { Digest } from "./digest.ts";
import { type BackupFile, manifestName } from "./manifest.ts";

/** A backup in a folder. */
export class FolderSource implements BackupSource {
  readonly name: string;

  constructor(path: string) {
    this.name = path;
  }

  async manifest(): Promise<string> {
    return readFile(join(this.name, manifestName), "utf8").catch((cause: unknown) => {
      throw new InvalidInput(`There is no backup at ${this.name}: it has no ${manifestName}.`, { cause });
    });
  }

  async read(file: BackupFile): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.#checked(file)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async check(file: BackupFile): Promise<void> {
    for await (const _ of this.#checked(file));
  }

  async copyTo(file: BackupFile, path: string): Promise<void> {
    try {
      await mkdir(dirname(path), { recursive: true });
      await pipeline(this.#checked(file), createWriteStream(path, { mode: 0o600, flush: true }));
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new StoreUnavailable(`Could not restore ${file.name}: ${reason}`, { cause });
    }
  }

  async *#checked(file: BackupFile): AsyncGenerator<Buffer> {
    const digest = new Digest();
    try {
      for await (const chunk of createReadStream(join(this.name, file.name), { highWaterMark: 1 << 20 })) {
        digest.add(chunk);
        yield chunk;
      }
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw new InvalidInput(`The backup ${this.name} is damaged: ${file.name} cannot be read.`, { cause });
    }
    digest.require(file, this.name);
  }
}
