import type { Environment } from "#runtime/config.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { StoreSettings } from "#runtime/store-settings.ts";
import type { BackedUp, BackUpOptions } from "#stores/backup/back-up.ts";
import type { StoreOpener } from "#stores/store-opener.ts";

/**
 * One call of a command: who called it, what it reads, and where it writes. The command runs in the process that was
 * called, or in the running lapse that has the stores open.
 */
export interface Call {
  /** The caller's environment variables. */
  readonly environment: Environment;
  /** The caller's user of the operating system. */
  readonly user: string;
  /** How many characters fit on a line of the caller's terminal. */
  readonly columns: number;
  /** Aborted when nobody waits for the command any more. */
  readonly signal: AbortSignal;
  /** Writes a line to the caller's standard output. */
  print(line: string): void;
  /** Writes a line to the caller's standard error. */
  warn(line: string): void;
  /** Writes to the caller's standard output; resolves when there is room for more, and rejects when nobody reads on. */
  write(text: string): Promise<void>;
  /** Where this process finds a path that the command line names. */
  pathOf(path: string): string;
  /**
   * The path of a file to read that the command line names; `-` is the caller's standard input. What is not a regular file,
   * such as a pipe, is copied first, as only the caller can read it.
   */
  inputPath(path: string): Promise<string>;
  /** The stores that these settings name; a running lapse keeps its own open when the command closes them. */
  stores(settings: StoreSettings): OpenedStores;
  /** What the running lapse is still working on; undefined where the command runs by itself. */
  readonly running: RunningWork | undefined;
}

export interface OpenedStores extends StoreOpener {
  /** Writes everything to a backup; see StoreConnections. */
  backUp(place: string, options: BackUpOptions): Promise<BackedUp>;
  close(): Promise<void>;
}

/** Work in progress that may have read stores before a command changed them. */
export interface RunningWork {
  /** Resolves when everything that runs now, and may store something about users, has ended. */
  settled(): Promise<void>;
  /** Drops events that wait for a delivery. Returns how many there were. */
  forget(which: (event: LapseEvent) => boolean): number;
}
