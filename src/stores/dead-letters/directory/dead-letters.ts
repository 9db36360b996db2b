import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "#churn/failure.ts";
import type { Room } from "../../connections/duckdb/room.ts";
import { absent } from "../../durable-files.ts";
import { RequestTooLarge, StoreUnavailable } from "../../failures.ts";
import { type DeadLetter, type DeadLetters, deadLetterId, joinLetters, type KeptDeadLetter } from "../dead-letters.ts";
import { letterJson, parseLetter } from "../letter-json.ts";

/** The most bytes of a letter: the 10,000 that are kept by default then take at most 10 GB. */
const mostBytes = 1024 * 1024;

/**
 * Dead letters as JSON files named by time and id, for one machine. Processes may share the folder, so that letters can
 * be listed while lapse runs.
 */
export class DirectoryDeadLetters implements DeadLetters {
  readonly #path: string;
  readonly #room: Pick<Room, "requireDisk"> | undefined;

  /** `room` tells whether the disk has room for more; undefined where that is not looked at. */
  constructor(path: string, room?: Pick<Room, "requireDisk">) {
    this.#path = path;
    this.#room = room;
  }

  /** As the interface says; also throws RequestTooLarge for a letter of more than 1 MB, and StoreFull. */
  async record(letter: DeadLetter): Promise<boolean> {
    const id = deadLetterId(letter);
    return this.#within("record a dead letter", async () => {
      await mkdir(this.#path, { recursive: true });
      const before = await this.get(id);
      const joined = before === undefined ? letter : joinLetters(before, letter);
      const text = letterJson(joined);
      if (Buffer.byteLength(text) > mostBytes)
        throw new RequestTooLarge(`A dead letter may have at most ${mostBytes} bytes in ${this.#path}.`);
      await this.#room?.requireDisk();
      await this.#write(nameOf({ id, recordedAt: joined.recordedAt }), text);
      await this.#removeRecordings(id, (recordedAt) => recordedAt < joined.recordedAt);
      return before === undefined;
    });
  }

  async has(letter: DeadLetter): Promise<boolean> {
    return (await this.get(deadLetterId(letter))) !== undefined;
  }

  async list(): Promise<readonly KeptDeadLetter[]> {
    return this.#within("list dead letters", async () => {
      const latest = await this.#latest();
      const letters = await Promise.all([...latest.values()].map((file) => this.#read(file)));
      return letters
        .filter((letter) => letter !== undefined)
        .sort((a, b) => b.recordedAt - a.recordedAt || (a.id < b.id ? -1 : 1));
    });
  }

  async count(): Promise<number> {
    return this.#within("count dead letters", async () => (await this.#latest()).size);
  }

  async get(id: string): Promise<KeptDeadLetter | undefined> {
    return this.#within("read a dead letter", async () => {
      const file = (await this.#files()).findLast((one) => one.id === id);
      return file === undefined ? undefined : this.#read(file);
    });
  }

  async remove({ id, recordedAt }: KeptDeadLetter): Promise<void> {
    // Earlier ones too: a crash may have left one that this recording should have replaced.
    await this.#within("remove a dead letter", () => this.#removeRecordings(id, (at) => at <= recordedAt));
  }

  /** The latest file of each letter, by id. */
  async #latest(): Promise<ReadonlyMap<string, LetterFile>> {
    return new Map((await this.#files()).map((file) => [file.id, file]));
  }

  /** Ascending by time. */
  async #files(): Promise<LetterFile[]> {
    const names = await readdir(this.#path).catch(absent);
    return (names ?? []).flatMap((name) => parseName(name) ?? []).sort((a, b) => a.recordedAt - b.recordedAt);
  }

  async #removeRecordings(id: string, which: (recordedAt: number) => boolean): Promise<void> {
    const doomed = (await this.#files()).filter((file) => file.id === id && which(file.recordedAt));
    await Promise.all(doomed.map((file) => rm(join(this.#path, nameOf(file)), { force: true })));
  }

  /** Undefined if it was removed in the meantime. */
  async #read(file: LetterFile): Promise<KeptDeadLetter | undefined> {
    const text = await readFile(join(this.#path, nameOf(file)), "utf8").catch(absent);
    if (text === undefined) return undefined;
    return { ...parseLetter(text, `${nameOf(file)} in ${this.#path}`), id: file.id };
  }

  /** Writes the file whole or not at all: `parseName` does not know the name of an incomplete file. */
  async #write(name: string, text: string): Promise<void> {
    const draft = await mkdtemp(join(this.#path, ".draft-"));
    try {
      await writeFile(join(draft, name), text, { flush: true });
      await rename(join(draft, name), join(this.#path, name));
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  async #within<T>(what: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw new StoreUnavailable(`Could not ${what} in ${this.#path}.`, { cause });
    }
  }
}

interface LetterFile {
  readonly id: string;
  readonly recordedAt: number;
}

function nameOf({ id, recordedAt }: LetterFile): string {
  return `${recordedAt}-${id}.json`;
}

function parseName(name: string): LetterFile | undefined {
  const match = /^(\d{1,16})-([0-9a-f]{24})\.json$/.exec(name);
  return match?.[2] === undefined ? undefined : { id: match[2], recordedAt: Number(match[1]) };
}
