import { readFile, rename, writeFile } from "node:fs/promises";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import type { Logger } from "../logging.ts";

const usesSchema = z.record(z.string(), z.iso.datetime());

/** When each key was last used, by its id, as ISO 8601. */
export type KeyUses = Readonly<z.infer<typeof usesSchema>>;

/** What the file says; nothing if it is absent or damaged, since it will be written anew. */
export async function readKeyUses(path: string): Promise<KeyUses> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  return jsonText(usesSchema).catch({}).parse(text);
}

/** How far the file may lag behind, in milliseconds. */
const lag = 60_000;

/** Keeps the file up to date, for one process: each key is written at most once a minute. */
export class KeyUsesFile {
  readonly #path: string;
  readonly #logger: Pick<Logger, "warn">;
  /** When each key was last used, as of the last time that this was to be written. */
  readonly #noted = new Map<string, number>();
  readonly #unwritten = new Map<string, string>();
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, logger: Pick<Logger, "warn">) {
    this.#path = path;
    this.#logger = logger;
  }

  /** `time` is in milliseconds since the epoch. */
  used(keyId: string, time: number): void {
    if (time - (this.#noted.get(keyId) ?? Number.NEGATIVE_INFINITY) < lag) return;
    this.#noted.set(keyId, time);
    this.#unwritten.set(keyId, new Date(time).toISOString());
    this.#timer ??= setTimeout(() => void this.flush(), 1_000).unref();
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  async #write(): Promise<void> {
    if (this.#unwritten.size === 0) return;
    const news = Object.fromEntries(this.#unwritten);
    this.#unwritten.clear();
    try {
      const all = { ...(await readKeyUses(this.#path)), ...news };
      const draft = `${this.#path}.new`;
      await writeFile(draft, `${JSON.stringify(all, undefined, 2)}\n`, { mode: 0o600 });
      await rename(draft, this.#path);
    } catch (error) {
      this.#logger.warn({ error }, `When keys were used cannot be written to ${this.#path}.`);
    }
  }
}
