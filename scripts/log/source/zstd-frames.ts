import { type FileHandle, open } from "node:fs/promises";
import { InvalidInput } from "#churn/failure.ts";

/**
 * Throws InvalidInput unless the frames of a Zstandard file (RFC 8878, 3.1) run to its very end: DuckDB takes a file
 * that was cut short for a whole one. Walks from block header to block header and decompresses nothing.
 */
export async function requireWholeZstd(path: string, file: string): Promise<void> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    let at = 0;
    while (at < size) at = await endOfFrame(handle, at);
    if (at !== size) throw new RangeError("it ends within a frame");
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new InvalidInput(`Cannot read ${path} to its end: the zstd data is damaged or cut off (${cause.message}).`, {
      cause,
    });
  } finally {
    await handle.close();
  }
}

/** Throws RangeError where the file ends before the frame does. */
async function endOfFrame(handle: FileHandle, start: number): Promise<number> {
  const magic = (await bytes(handle, start, 4)).readUInt32LE();
  if (magic >>> 4 === 0x184d2a5) return start + 8 + (await bytes(handle, start + 4, 4)).readUInt32LE();
  if (magic !== 0xfd2fb528) throw new RangeError("no frame begins where one should");
  const descriptor = (await bytes(handle, start + 4, 1)).readUInt8();
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  let at = start + 5 + (isSingleSegment ? 0 : 1) + dictionary + contentSize;
  for (let isLast = false; !isLast; ) {
    const header = (await bytes(handle, at, 3)).readUIntLE(0, 3);
    isLast = (header & 1) !== 0;
    // A block of one repeated byte holds that byte alone, whatever its size.
    at += 3 + (((header >>> 1) & 3) === 1 ? 1 : header >>> 3);
  }
  return at + ((descriptor & 4) === 0 ? 0 : 4);
}

async function bytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new RangeError("it ends within a frame");
  return buffer;
}
