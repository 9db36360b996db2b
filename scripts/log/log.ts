import type { Account } from "./account.ts";
import type { Rejections } from "./rejections.ts";

/** A stream of actions to import: files, a git history, or a synthetic log. */
export interface Log {
  /** What is read, in words: `purchases.csv`. */
  readonly name: string;
  /** How it is understood, to be shown before use: `customer_id → user, date → time (yyyymmdd); …`. */
  readonly columns: string;
  /** What a user should know of it beyond that, in sentences. */
  readonly notes: readonly string[];
  /** What `total` and `LogBatch.read` count. */
  readonly unit: "actions" | "commits" | "days";
  /** The whole amount; undefined where it is not known beforehand. */
  readonly total: number | undefined;
  /** Read once; throws a Failure when it cannot be read to its end or has no usable row at all. */
  readonly batches: AsyncIterable<LogBatch>;
  /** The rows that were left out; complete once `batches` has ended. */
  readonly rejections: Rejections;
  /** What became of every line, where the log has lines. */
  readonly account?: Account | undefined;
  /** Whether it is taken though many of its rows are refused. */
  readonly acceptsRejected?: boolean | undefined;
  /** The actions as a table in a DuckDB file, for a store that can take them from there. */
  readonly staged?: StagedActions | undefined;
  /** Removes what was made to read it. */
  close(): Promise<void>;
}

/** Actions in the table `actions` of a DuckDB file, with the columns of the embedded store's. */
export interface StagedActions {
  /**
   * Makes the database of an embedded store of them at `path`, where there is none, and returns whether it did: they are stored then, and
   * the file has no other table. Absent where they cannot be.
   */
  place?(path: string): Promise<boolean>;
  /** Whether `place` did. */
  readonly isPlaced?: boolean;
  /**
   * Makes the file ready to be attached, and returns its path; it is read no more by the log itself. `onProgress` hears how much of the
   * log is read, as in `LogBatch.read`, and how many actions that were, where it is read only now. To be called once.
   */
  release(onProgress: (read: number, actions: number) => void): Promise<string>;
}

export interface LogBatch {
  readonly items: readonly LogItem[];
  /** Where items[index] stands in the log, in words: `line 12`. */
  readonly place: (index: number) => string;
  /** How much of the log was read when the batch was made. */
  readonly read: number;
}

/** One action as ingest takes it over HTTP. */
export interface LogItem {
  readonly user_id: string;
  readonly action: string;
  /** See `wireTime`. */
  readonly timestamp: number | string;
  readonly value?: number;
  /** Where it is absent, the content is the identity. */
  readonly event_id?: string;
  /** Whether the business did it; absent where the user did. */
  readonly passive?: boolean;
}

/** Items in a batch: a request body well under a megabyte. */
export const batchSize = 5_000;
