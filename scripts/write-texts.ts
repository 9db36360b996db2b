import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { InvalidInput } from "#churn/failure.ts";

/**
 * Writes texts to a file as they are made, compressed where its name ends in .gz. Replaces a file that is there. Throws InvalidInput for a
 * path that cannot be written.
 */
export async function writeTexts(path: string, texts: Iterable<string>): Promise<void> {
  const source = Readable.from(texts, { objectMode: true, highWaterMark: 2 });
  const file = createWriteStream(path);
  try {
    if (path.endsWith(".gz")) await pipeline(source, createGzip(), file);
    else await pipeline(source, file);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new InvalidInput(`Cannot write ${path}: ${error.message}`, { cause: error });
  }
}
