import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import * as z from "zod";
import { InvalidInput, NotFound } from "#churn/failure.ts";

export interface ByteSource {
  /** The content, decompressed. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes of the file as it lies on disk; undefined for a pipe. */
  readonly total: number | undefined;
  /** Bytes of the file taken so far. */
  readonly read: () => number;
}

const chunkBytes = 128 * 1024;

/**
 * Opens a file, or a pipe, for one pass; gzip is known by its first bytes, whatever the name. Throws NotFound or
 * InvalidInput for what is absent, a directory, empty, unreadable or of another format; reading `chunks` throws
 * InvalidInput when the compressed data is damaged.
 */
export async function openBytes(path: string): Promise<ByteSource> {
  const total = await sizeOf(path);
  const stream = createReadStream(path, { highWaterMark: chunkBytes });
  const iterator = bytesOf(stream)[Symbol.asyncIterator]();
  const first = await iterator.next().catch((error) => Promise.reject(unreadable(path, error)));
  if (first.done) throw new InvalidInput(`Cannot read ${path}: the file is empty.`);
  const format = foreignFormat(first.value);
  if (format !== undefined) {
    stream.destroy();
    throw new InvalidInput(`Cannot read ${path}: it is ${format}. Accepted is text, plain or compressed with gzip.`);
  }
  const whole = startingWith(first.value, iterator);
  const chunks = isGzip(first.value) ? gunzip(path, whole) : whole;
  return { chunks, total, read: () => stream.bytesRead };
}

async function sizeOf(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch((error) => Promise.reject(unreadable(path, error)));
  if (stats.isDirectory()) throw new InvalidInput(`Cannot read ${path}: it is a directory. Name a file in it.`);
  return stats.isFile() ? stats.size : undefined;
}

function unreadable(path: string, error: unknown): Error {
  const { code } = z
    .object({ code: z.string().default("unknown error") })
    .catch({ code: "unknown error" })
    .parse(error);
  if (code === "ENOENT" || code === "ENOTDIR") return new NotFound(`Cannot read ${path}: there is no such file.`);
  return new InvalidInput(`Cannot read ${path}: ${code === "EACCES" ? "permission denied" : code}.`, { cause: error });
}

async function* bytesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) yield chunk;
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* gunzip(path: string, compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // The callback is required; the error itself arrives through the iteration.
  const plain = pipeline(Readable.from(compressed), createGunzip({ chunkSize: chunkBytes }), () => {});
  try {
    yield* bytesOf(plain);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown error";
    throw new InvalidInput(`Cannot read ${path} to its end: the gzip data is damaged or cut off (${reason}).`, {
      cause: error,
    });
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The name of a known format that is not a text log, by its first bytes. */
function foreignFormat(bytes: Buffer): string | undefined {
  const start = bytes.toString("latin1", 0, 8);
  if (start.startsWith("PK\x03\x04")) return "a zip archive (or a spreadsheet)";
  if (start.startsWith("\x28\xb5\x2f\xfd")) return "compressed with zstd";
  if (start.startsWith("\xfd7zXZ")) return "compressed with xz";
  if (start.startsWith("BZh")) return "compressed with bzip2";
  if (start.startsWith("PAR1")) return "a Parquet file";
  if (start.startsWith("\xff\xfe") || start.startsWith("\xfe\xff")) return "text in UTF-16; save it as UTF-8";
  return undefined;
}
