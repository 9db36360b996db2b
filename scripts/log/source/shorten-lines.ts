import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Scratch } from "../scratch.ts";

/** Bytes of a line that DuckDB reads. */
const mostBytes = 2_000_000;

export interface ShortenedFile {
  readonly file: string;
  /** The numbers of the lines that were too long. */
  readonly lines: readonly number[];
}

/**
 * A copy of a text in which a line that is too long to be read is but a remark, so that it is one line without a row: the others
 * keep their numbers.
 */
export async function withShortLines(file: string, scratch: Scratch): Promise<ShortenedFile> {
  const target = scratch.newFile();
  const lines: number[] = [];
  await pipeline(
    createReadStream(file, { highWaterMark: 1024 * 1024 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      let held: Buffer[] = [];
      let bytes = 0;
      let line = 1;
      // What stands before the line feed.
      let end = "";
      const hold = (part: Buffer) => {
        bytes += part.length;
        if (part.length > 0) end = part.at(-1) === carriageReturn ? "\r" : "";
        if (bytes <= mostBytes) held.push(part);
        else held = [];
      };
      const finished = () => {
        const isLong = bytes > mostBytes;
        if (isLong) lines.push(line);
        const text = isLong ? Buffer.from(`(${bytes} bytes in one line)${end}`) : Buffer.concat(held);
        held = [];
        bytes = 0;
        return text;
      };
      for await (const chunk of chunks) {
        let from = 0;
        for (let stop = chunk.indexOf(feed); stop >= 0; stop = chunk.indexOf(feed, from)) {
          hold(chunk.subarray(from, stop));
          yield finished();
          yield feedBytes;
          line += 1;
          from = stop + 1;
        }
        hold(chunk.subarray(from));
      }
      yield finished();
    },
    createWriteStream(target),
  );
  return { file: target, lines };
}

const feed = 0x0a;
const carriageReturn = 0x0d;
const feedBytes = Buffer.from([feed]);
