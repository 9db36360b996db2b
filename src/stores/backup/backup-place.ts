import type { BackupFile } from "./manifest.ts";

/** Where a backup is written: a folder, or a bucket. */
export interface BackupTarget {
  /** Writes a file that is not there yet. */
  write(name: string, content: Uint8Array): Promise<void>;
  /** Has `make` write a large file to a path, as a database does itself. Throws InvalidInput where there are no paths. */
  make(name: string, make: (path: string) => Promise<void>): Promise<void>;
  /** The files so far. */
  readonly files: readonly BackupFile[];
  /** Makes it a backup, whole and on disk when this resolves. */
  finish(manifest: string): Promise<void>;
  /** Removes what was written, if it was not finished. */
  abandon(): Promise<void>;
}

/** A backup that is read. */
export interface BackupSource {
  /** For messages. */
  readonly name: string;
  /** Throws InvalidInput if there is no backup. */
  manifest(): Promise<string>;
  /** Throws InvalidInput if the file is not what was written. */
  read(file: BackupFile): Promise<Buffer>;
  /** The same without keeping it in memory, for a file of any size. */
  check(file: BackupFile): Promise<void>;
  /** Writes a file of any size to `path`, and checks it meanwhile. Throws InvalidInput. */
  copyTo(file: BackupFile, path: string): Promise<void>;
}
