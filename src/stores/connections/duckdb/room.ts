import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreFull } from "../../failures.ts";

export interface RoomOptions {
  /** The database's file. */
  readonly path: string;
  /** The most bytes that the database may take; undefined for as many as the disk has. */
  readonly mostBytes: number | undefined;
  /** The bytes of the disk that stay free: DuckDB needs some to work at all. */
  readonly leastFree: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, at most once an hour, that the bounds come near. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** In bytes. */
export interface RoomState {
  /** The database with its write-ahead log, without what deleted rows have left free in it. */
  readonly used: number;
  /** Free on the disk, and in the database's file, which never shrinks. */
  readonly free: number;
}

/** From this share of the bound on, and from this many times the least free space down, the log warns. */
const nearlyFull = 0.8;
const nearlyNone = 4;
const lookEvery = 1_000;
const warnEvery = 3_600_000;

/** Whether the embedded database may still grow. It is looked at once a second at most. */
export class Room {
  readonly #options: RoomOptions;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #state: RoomState = { used: 0, free: Number.POSITIVE_INFINITY };
  #reusable = 0;

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  /**
   * Throws StoreFull where nothing more may be stored. `reusable` is called at most once a second, and returns the bytes of the
   * database's file that deleted rows have left free.
   */
  async require(reusable: () => Promise<number>): Promise<void> {
    const { mostBytes, leastFree, warn, now } = this.#options;
    const { used, free } = await this.#looked(reusable);
    if (mostBytes !== undefined && used >= mostBytes)
      throw new StoreFull(
        `The database takes ${megabytes(used)}, as much as DATA_LIMIT allows: nothing more is stored. Raise it, or delete old months with lapse retain.`,
      );
    if (free <= leastFree) throw diskFull(free);
    const isNear = (mostBytes !== undefined && used >= nearlyFull * mostBytes) || free <= nearlyNone * leastFree;
    if (!isNear || now() - this.#warnedAt < warnEvery) return;
    this.#warnedAt = now();
    const limit = mostBytes === undefined ? "" : ` of ${megabytes(mostBytes)} (DATA_LIMIT)`;
    warn?.(
      `The database takes ${megabytes(used)}${limit}, and its disk has ${megabytes(free)} left, of which ${megabytes(leastFree)} stay free (DATA_FREE). Beyond these bounds nothing is stored: make room, or delete old months with lapse retain.`,
    );
  }

  /** Throws StoreFull where no file may be written beside the database, which cannot use what is free within it. */
  async requireDisk(): Promise<void> {
    const { bavail, bsize } = await statfs(dirname(this.#options.path));
    const free = bavail * bsize;
    if (free <= this.#options.leastFree) throw diskFull(free);
  }

  /** Looks now. */
  async state(): Promise<RoomState> {
    const { path } = this.#options;
    const [file, log, disk] = await Promise.all([sizeOf(path), sizeOf(`${path}.wal`), statfs(dirname(path))]);
    return { used: file + log - this.#reusable, free: disk.bavail * disk.bsize + this.#reusable };
  }

  async #looked(reusable: () => Promise<number>): Promise<RoomState> {
    const now = this.#options.now();
    if (now - this.#lookedAt >= lookEvery) {
      this.#lookedAt = now;
      this.#reusable = await reusable();
      this.#state = await this.state();
    }
    return this.#state;
  }
}

function diskFull(free: number): StoreFull {
  return new StoreFull(
    `The disk of the database has ${megabytes(free)} left, no more than DATA_FREE keeps free: nothing more is stored. Make room, or delete old months with lapse retain.`,
  );
}

/** 0 for a file that is not there. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2).toLocaleString("en")} MB`;
}
