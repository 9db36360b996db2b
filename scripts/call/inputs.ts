import { createWriteStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { unreadableFile } from "../terminal/unreadable-file.ts";

/** Files that a command line names, as paths that another process of this user can read. */
export class Inputs {
  readonly #stdin: Readable;
  #folder: string | undefined;
  #copies = 0;

  constructor(stdin: Readable) {
    this.#stdin = stdin;
  }

  /** The path itself, made absolute, for a regular file; of anything else a copy. Throws NotFound or InvalidInput if it cannot be read. */
  async pathOf(path: string): Promise<string> {
    try {
      if (path !== "-" && (await stat(path)).isFile()) return resolve(path);
      this.#folder ??= await mkdtemp(join(tmpdir(), "lapse-input-"));
      this.#copies += 1;
      const copy = join(this.#folder, `${this.#copies}.txt`);
      const source = path === "-" ? this.#stdin : (await open(path, "r")).createReadStream();
      await pipeline(source, createWriteStream(copy, { mode: 0o600 }));
      return copy;
    } catch (cause) {
      throw unreadableFile(path === "-" ? "standard input" : path, cause);
    }
  }

  /** Removes the copies. */
  async dispose(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}
