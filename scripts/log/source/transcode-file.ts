import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { InvalidInput } from "#churn/failure.ts";
import type { Scratch } from "../scratch.ts";

/**
 * Copies text in an encoding of the WHATWG standard (latin-1, windows-1252, utf-16le, shift_jis …) to a file in UTF-8.
 * What it cannot decode becomes U+FFFD. Throws InvalidInput for an encoding that is not known.
 */
export async function transcodeFile(file: string, encoding: string, scratch: Scratch): Promise<string> {
  const decoder = decoderOf(encoding);
  const target = scratch.newFile();
  await pipeline(
    createReadStream(file, { highWaterMark: 256 * 1024 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }), "utf8");
      yield Buffer.from(decoder.decode(), "utf8");
    },
    createWriteStream(target),
  );
  return target;
}

/** Throws InvalidInput unless it is an encoding that can be read. */
export function requireEncoding(encoding: string | undefined): void {
  if (encoding !== undefined) decoderOf(encoding);
}

/** Whether two names, each of an encoding that can be read, mean the same one. */
export function isSameEncoding(one: string, other: string): boolean {
  return decoderOf(one).encoding === decoderOf(other).encoding;
}

function decoderOf(encoding: string): InstanceType<typeof TextDecoder> {
  const label = encoding.toLowerCase().replaceAll("_", "-");
  const known = new Map([
    ["latin-1", "latin1"],
    ["latin-9", "iso-8859-15"],
    ["utf-16", "utf-16le"],
    ["utf16", "utf-16le"],
    ["cp1252", "windows-1252"],
    ["cp932", "shift_jis"],
    ["shift-jis", "shift_jis"],
    ["ansi", "windows-1252"],
  ]);
  try {
    return new TextDecoder(known.get(label) ?? label);
  } catch (cause) {
    throw new InvalidInput(
      `--encoding ${encoding} is not known: give one such as latin-1, windows-1252, utf-16le or shift_jis.`,
      { cause },
    );
  }
}
