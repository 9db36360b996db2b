import { createReadStream, createWriteStream } from "node:fs";
import { open, stat, symlink } from "node:fs/promises";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { InvalidInput } from "#churn/failure.ts";
import { unreadableFile } from "../../terminal/unreadable-file.ts";
import type { Scratch } from "../scratch.ts";
import { EmptyFile } from "./empty-file.ts";
import { globCharacters } from "./expand-paths.ts";
import { withOneLineEnd } from "./line-ends.ts";
import type { Source } from "./source.ts";
import { isSameEncoding, transcodeFile } from "./transcode-file.ts";
import { requireWholeZstd } from "./zstd-frames.ts";

/**
 * Makes a file ready for DuckDB: one compressed with gzip is unpacked beside the scratch database, with its checksums
 * (DuckDB takes a file that was cut short for a whole one), and so is a pipe, which can be read but once; text in another
 * encoding is copied in UTF-8. Throws NotFound or InvalidInput for what is absent, empty, damaged or of another format.
 */
export async function openSource(path: string, encoding: string | undefined, scratch: Scratch): Promise<Source> {
  const stats = await stat(path).catch((error) => Promise.reject(unreadableFile(path, error)));
  const file = stats.isFile() ? await withoutGlob(path, scratch) : await copied(path, scratch);
  const head = await headOf(file).catch((error) => Promise.reject(unreadableFile(path, error)));
  if (head.length === 0) throw new EmptyFile(`Cannot read ${path}: the file is empty.`);
  if (isGzip(head)) {
    const inner = await unpacked(path, file, scratch);
    // What a server compressed that was compressed already.
    const isTwice = isGzip(await headOf(inner));
    return plain(path, isTwice ? await unpacked(path, inner, scratch) : inner, encoding, scratch);
  }
  if (startsWith(head, "\x28\xb5\x2f\xfd")) {
    await requireWholeZstd(path, file);
    if (encoding !== undefined)
      throw new InvalidInput(`Cannot read ${path} with --encoding ${encoding}: unpack it first (zstd -d).`);
    return { path, file, kind: "text", compression: "zstd", notes: [] };
  }
  return plain(path, file, encoding, scratch);
}

async function plain(path: string, file: string, encoding: string | undefined, scratch: Scratch): Promise<Source> {
  const head = await headOf(file);
  if (head.length === 0) throw new EmptyFile(`Cannot read ${path}: the file is empty.`);
  if (startsWith(head, "PAR1")) return { path, file, kind: "parquet", compression: "none", notes: [] };
  const format = foreignFormat(head);
  if (format !== undefined)
    throw new InvalidInput(
      `Cannot read ${path}: it is ${format}. Accepted are text (CSV and its kin, JSON, plain or .gz or .zst) and Parquet.`,
    );
  const mark = encodingByMark(head);
  if (mark === undefined && encoding === undefined && isBinary(head)) throw binary(path, head);
  const actual = mark ?? encoding;
  const isOther = mark !== undefined && encoding !== undefined && !isSameEncoding(mark, encoding);
  const isCopied = actual !== undefined && !/^utf-?8$/i.test(actual);
  const text = isCopied ? await transcodeFile(file, actual, scratch) : file;
  return {
    path,
    file: await withOneLineEnd(text, isCopied ? await headOf(text) : head, scratch),
    kind: "text",
    compression: "none",
    notes: isOther ? [`${path} begins with the mark of ${mark}: it is read so, and not as ${encoding}.`] : [],
  };
}

/** The same file under a name that DuckDB does not take for a pattern. */
async function withoutGlob(path: string, scratch: Scratch): Promise<string> {
  if (!globCharacters.test(path)) return path;
  const link = scratch.newFile();
  await symlink(resolve(path), link);
  return link;
}

async function copied(path: string, scratch: Scratch): Promise<string> {
  const file = scratch.newFile();
  await pipeline(createReadStream(path), createWriteStream(file)).catch((error) =>
    Promise.reject(unreadableFile(path, error)),
  );
  return file;
}

async function unpacked(path: string, file: string, scratch: Scratch): Promise<string> {
  const target = scratch.newFile();
  const source: Readable = createReadStream(file, { highWaterMark: 256 * 1024 });
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  await pipeline(source, gunzip, createWriteStream(target)).catch((cause) => {
    const reason = cause instanceof Error ? cause.message : "unknown error";
    throw new InvalidInput(`Cannot read ${path} to its end: the gzip data is damaged or cut off (${reason}).`, {
      cause,
    });
  });
  await requireZeros(path, file, gunzip.bytesWritten);
  return target;
}

/** Throws InvalidInput unless there is nothing but padding from `start` on: zlib ends there and says nothing of the rest. */
async function requireZeros(path: string, file: string, start: number): Promise<void> {
  for await (const chunk of createReadStream(file, { start }))
    if (!Buffer.from(chunk).every((byte) => byte === 0))
      throw new InvalidInput(
        `Cannot read ${path} to its end: something else follows its gzip data from byte ${start} on. Give its parts as several files.`,
      );
}

const headBytes = 64 * 1024;

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A lost NUL or two spoil their lines; more are no text. */
function isBinary(head: Buffer): boolean {
  return 100 * head.filter((byte) => byte === 0).length > head.length;
}

function binary(path: string, head: Buffer): InvalidInput {
  // Every other byte of Latin text in UTF-16 is a NUL, the first of two where the greater byte comes first.
  const zeros = head.filter((byte) => byte === 0).length;
  const first = head.filter((byte, at) => byte === 0 && at % 2 === 0).length;
  const name = 2 * first > zeros ? "utf-16be" : "utf-16le";
  const hint = 3 * zeros > head.length ? `, unless in UTF-16: then add --encoding ${name}` : "";
  return new InvalidInput(`Cannot read ${path}: it is not a text file${hint}.`);
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function startsWith(head: Buffer, magic: string): boolean {
  return head.toString("latin1", 0, magic.length) === magic;
}

function encodingByMark(head: Buffer): string | undefined {
  if (startsWith(head, "\xef\xbb\xbf")) return "utf-8";
  if (startsWith(head, "\xff\xfe")) return "utf-16le";
  return startsWith(head, "\xfe\xff") ? "utf-16be" : undefined;
}

/** The name of a known format that is no log, by its first bytes. */
function foreignFormat(head: Buffer): string | undefined {
  const formats = [
    ["PK\x03\x04", "a zip archive or a spreadsheet (unpack it, or save the sheet as CSV)"],
    ["\xd0\xcf\x11\xe0", "an old spreadsheet (save it as CSV)"],
    ["\x1f\x8b", "compressed with gzip more than twice (unpack it first)"],
    ["\xfd7zXZ", "compressed with xz (unpack it first)"],
    ["BZh", "compressed with bzip2 (unpack it first)"],
    ["\x04\x22\x4d\x18", "compressed with lz4 (unpack it first)"],
    ["7z\xbc\xaf\x27\x1c", "a 7z archive (unpack it first)"],
    ["Rar!\x1a", "a RAR archive (unpack it first)"],
    ["Obj\x01", "an Avro file"],
    ["ARROW1", "an Arrow or Feather file (write it as Parquet)"],
    ["SQLite format 3", "an SQLite database"],
    ["ORC", "an ORC file"],
    ["%PDF", "a PDF file"],
  ] as const;
  // Of a file in a tar archive, its name comes first.
  if (head.toString("latin1", tarMark, tarMark + 5) === "ustar")
    return "a tar archive (unpack it first, and give the files in it)";
  // Python's pickles of protocols 2 to 5: no text begins so in UTF-8.
  if (head[0] === 0x80 && head[1] !== undefined && head[1] >= 2 && head[1] <= 5)
    return "a pickle of Python (write it as Parquet or CSV)";
  return formats.find(([magic]) => startsWith(head, magic))?.[1];
}

const tarMark = 257;
