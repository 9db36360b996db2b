import { timingSafeEqual } from "node:crypto";
import { stat } from "node:fs/promises";
import { Failure, InvalidInput } from "#churn/failure.ts";
import type { Logger } from "../logging.ts";
import type { Caller } from "./access.ts";
import { type KeyRecord, readKeyFile } from "./key-file.ts";
import { readKeyText } from "./key-text.ts";

/** What became of a credential: whose it is, or in words why it is not taken. */
export type Verdict = { readonly caller: Caller } | { readonly fault: string };

export interface KeyringOptions {
  /** The file of keys; it may be absent, and come or change at any time. */
  readonly path: string;
  readonly logger: Pick<Logger, "info" | "error">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How long a change of the file may go unseen: a look at it costs a system call. */
const lookMilliseconds = 1_000;

/** The keys of a file, which is read again when it has changed: a Secret that is mounted changes without a restart. */
export class Keyring {
  readonly #options: KeyringOptions;
  /** By id; undefined while there is no file. */
  #keys: ReadonlyMap<string, KeyRecord> | undefined;
  #version = "";
  #looked = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  private constructor(options: KeyringOptions) {
    this.#options = options;
  }

  /** Throws InvalidInput if there is a file that cannot be read: better no start than one without keys. */
  static async open(options: KeyringOptions): Promise<Keyring> {
    const keyring = new Keyring(options);
    await keyring.#read(await versionOf(options.path));
    return keyring;
  }

  /** Whether there is a file of keys, if only of revoked ones. */
  isThere(): boolean | Promise<boolean> {
    return this.#onceLooked(() => this.#keys !== undefined);
  }

  /** Takes as long for an unknown key as for a known one. */
  verify(text: string): Verdict | Promise<Verdict> {
    return this.#onceLooked(() => this.#verdictOn(text));
  }

  #verdictOn(text: string): Verdict {
    const shown = readKeyText(text);
    if (shown === undefined) return { fault: "The key is mistyped or cut: its checksum is wrong." };
    const key = this.#keys?.get(shown.id);
    const isSame = timingSafeEqual(Buffer.from(shown.hash, "hex"), Buffer.from(key?.hash ?? noHash, "hex"));
    return key !== undefined && isSame ? this.#verdict(key, "key") : unknownKey;
  }

  /** For a session that was begun with a key. */
  verifyId(id: string): Verdict | Promise<Verdict> {
    return this.#onceLooked(() => {
      const key = this.#keys?.get(id);
      return key === undefined ? unknownKey : this.#verdict(key, "session");
    });
  }

  #verdict(key: KeyRecord, by: Caller["by"]): Verdict {
    const fault = faultOf(key, this.#options.now());
    return fault === undefined ? { caller: { name: key.name, id: key.id, by, roles: key.roles } } : { fault };
  }

  /** At once if the file was looked at lately. Of requests at the same time, one looks and the others wait. */
  #onceLooked<Result>(next: () => Result): Result | Promise<Result> {
    const now = this.#options.now();
    if (now >= this.#looked && now - this.#looked < lookMilliseconds) return next();
    this.#looking ??= this.#look(now).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking.then(next);
  }

  async #look(now: number): Promise<void> {
    const { path, logger } = this.#options;
    try {
      const version = await versionOf(path);
      if (version !== this.#version) {
        await this.#read(version);
        logger.info({ "event.action": "keys-read" }, `Read ${this.#keys?.size ?? 0} keys from ${path}.`);
      }
    } catch (error) {
      // What was read before stays in force, and the file is tried again.
      logger.error({ error }, error instanceof Failure ? error.message : "Reading the keys failed.");
    }
    this.#looked = now;
  }

  async #read(version: string): Promise<void> {
    const records = await readKeyFile(this.#options.path);
    this.#keys = records && new Map(records.map((key) => [key.id, key]));
    this.#version = version;
  }
}

const unknownKey: Verdict = { fault: "The key is not known." };

/** Of the same length as a hash, and equal to none. */
const noHash = "0".repeat(64);

function faultOf({ revoked, expires }: KeyRecord, now: number): string | undefined {
  if (revoked !== undefined && Date.parse(revoked) <= now) return "The key was revoked.";
  if (expires !== undefined && Date.parse(expires) <= now) return "The key has expired.";
  return undefined;
}

/** Differs when the file was written or replaced. A file that cannot be looked at is not an absent one: that throws. */
async function versionOf(path: string): Promise<string> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw new InvalidInput(`Cannot look at the keys in ${path}.`, { cause });
  });
  return found === undefined ? "" : `${found.ino} ${found.mtimeMs} ${found.size}`;
}
