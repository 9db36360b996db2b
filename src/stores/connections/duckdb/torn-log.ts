import { readFile } from "node:fs/promises";
import { isErrorCode } from "../../durable-files.ts";
import { StoreDamaged } from "../../failures.ts";

/** The end of a write-ahead log that the database leaves out, since it is part of a write that never ended. */
export interface TornLog {
  /** The log's file. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * Looks whether the write-ahead log of the database at `path` ends within a transaction, as it does when a process is killed while it
 * writes, and as it does when the file is cut short. DuckDB opens such a database without a word, with all that was committed before.
 * Undefined for a log that ends as it should, for none, and for one of another version of DuckDB. Throws StoreDamaged for one that begins
 * as none does: DuckDB would open the database without a word, and without anything that was written since its last checkpoint.
 */
export async function findTornLog(path: string): Promise<TornLog | undefined> {
  const file = `${path}.wal`;
  const log = await readFile(file).catch((error: unknown) => {
    if (isErrorCode(error, "ENOENT")) return Buffer.alloc(0);
    throw error;
  });
  if (log.length >= head.length && !log.subarray(0, anyVersion.length).equals(anyVersion))
    throw new StoreDamaged(
      `${file} is damaged: it does not begin as what was written there, and holds what was stored last. Restore the database from a backup; or move this file away, and import the log of that time again.`,
    );
  const bytes = log.length - endOfCommitted(log);
  return bytes === 0 ? undefined : { path: file, bytes };
}

// The form of version 2 (src/storage/write_ahead_log.cpp of DuckDB): a head that names the version, and then entries, each after its
// length and its checksum. Fields are numbered from 100, and an object ends with 0xffff; the first of an entry is its type.

const head = Buffer.from([100, 0, 98, 101, 0, 2, 0xff, 0xff]);
const anyVersion = head.subarray(0, 5);
/** The entry that commits those before it. */
const commit = Buffer.from([100, 0, 100, 0xff, 0xff]);
/** Of the length and of the checksum together. */
const lengthAndChecksum = 16;

/** The position after the last transaction that is whole. */
function endOfCommitted(log: Buffer): number {
  if (log.length < head.length) return head.subarray(0, log.length).equals(log) ? 0 : log.length;
  // Of another version it may be whole.
  if (!log.subarray(0, head.length).equals(head)) return log.length;
  let end = head.length;
  for (let at = end; at + lengthAndChecksum <= log.length; ) {
    const begin = at + lengthAndChecksum;
    at = begin + Number(log.readBigUInt64LE(at));
    if (at > log.length) break;
    if (log.subarray(begin, at).equals(commit)) end = at;
  }
  return end;
}
