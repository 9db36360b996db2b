import { mkdir, mkdtemp, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InvalidInput } from "#churn/failure.ts";
import { isErrorCode, syncDirectory, writeDurably } from "../durable-files.ts";
import { StoreUnavailable } from "../failures.ts";
import type { BackupTarget } from "./backup-place.ts";
import { digestOf, digestOfFile } from "./digest.ts";
import { type BackupFile, manifestName } from "./manifest.ts";

/** A backup in a new folder, which has its name only once it is whole and on disk. For its owner's eyes alone. */
export class FolderTarget implements BackupTarget {
  readonly files: BackupFile[] = [];
  readonly #path: string;
  readonly #draft: string;
  readonly #signal: AbortSignal | undefined;
  readonly #folders = new Set<string>();

  private constructor(path: string, draft: string, signal: AbortSignal | undefined) {
    this.#path = path;
    this.#draft = draft;
    this.#signal = signal;
  }

  /** Throws InvalidInput if there is something at `path`, or it cannot be created. Once `signal` is aborted, all that follows fails. */
  static async begin(path: string, signal?: AbortSignal): Promise<FolderTarget> {
    const target = resolve(path);
    const there = await readdir(target).catch((error: unknown) => {
      if (isErrorCode(error, "ENOENT")) return [];
      throw new InvalidInput(`Cannot back up to ${path}: it is not a folder.`, { cause: error });
    });
    if (there.length > 0)
      throw new InvalidInput(`Cannot back up to ${path}: it is not empty. Each backup takes a new folder.`);
    try {
      await mkdir(dirname(target), { recursive: true });
      return new FolderTarget(target, await mkdtemp(join(dirname(target), `.${basename(target)}-unfinished-`)), signal);
    } catch (cause) {
      throw new InvalidInput(`Cannot back up to ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }

  async write(name: string, content: Uint8Array): Promise<void> {
    await this.#writing(async () => writeDurably(await this.#place(name), content));
    this.files.push({ name, bytes: content.byteLength, sha256: digestOf(content) });
  }

  async make(name: string, make: (path: string) => Promise<void>): Promise<void> {
    const path = await this.#writing(() => this.#place(name));
    await make(path);
    await this.#writing(async () => {
      const file = await open(path, "r+");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      this.files.push({ name, ...(await digestOfFile(path)) });
    });
  }

  finish(manifest: string): Promise<void> {
    return this.#writing(async () => {
      await writeDurably(join(this.#draft, manifestName), manifest);
      for (const folder of this.#folders) await syncNames(folder);
      await syncNames(this.#draft);
      // An empty folder is there where the name was made beforehand; Windows renames onto none.
      await rmdir(this.#path).catch(() => undefined);
      await rename(this.#draft, this.#path);
      await syncNames(dirname(this.#path));
    });
  }

  async abandon(): Promise<void> {
    await rm(this.#draft, { recursive: true, force: true });
  }

  async #place(name: string): Promise<string> {
    const path = join(this.#draft, name);
    if (!this.#folders.has(dirname(path))) await mkdir(dirname(path), { recursive: true });
    this.#folders.add(dirname(path));
    return path;
  }

  /** Throws StoreUnavailable with the system's reason, such as a full disk. */
  async #writing<T>(work: () => Promise<T>): Promise<T> {
    try {
      this.#signal?.throwIfAborted();
      return await work();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new StoreUnavailable(`Could not write the backup ${this.#path}: ${reason}`, { cause });
    }
  }
}

/** Some file systems of memory sticks and network drives cannot sync a folder. */
async function syncNames(folder: string): Promise<void> {
  await syncDirectory(folder).catch((error: unknown) => {
    if (!["EINVAL", "ENOTSUP", "EPERM", "EACCES"].some((code) => isErrorCode(error, code))) throw error;
  });
}
