import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Scratch } from "../scratch.ts";

/**
 * A copy of a text of which every line ends with a line feed, where some lines of one with carriage returns and line feeds end with
 * a carriage return alone: behind it DuckDB would drop the first character of the next line. Otherwise the file itself. `head`
 * is its beginning.
 */
export async function withOneLineEnd(file: string, head: Buffer, scratch: Scratch): Promise<string> {
  if (!head.includes("\r\n") || !(await hasBareReturn(file))) return file;
  const target = scratch.newFile();
  await pipeline(
    createReadStream(file, { encoding: "latin1", highWaterMark: chunkBytes }),
    async function* (chunks: AsyncIterable<string>) {
      let kept = "";
      for await (const chunk of chunks) {
        const text = kept + chunk;
        const end = text.search(/\r+$/);
        kept = end < 0 ? "" : text.slice(end);
        yield Buffer.from(withFeeds(end < 0 ? text : text.slice(0, end)), "latin1");
      }
      yield Buffer.from(withFeeds(kept), "latin1");
    },
    createWriteStream(target),
  );
  return target;
}

const chunkBytes = 1024 * 1024;

function withFeeds(text: string): string {
  return text.replace(/\r+\n|\r/g, "\n");
}

async function hasBareReturn(file: string): Promise<boolean> {
  let last = "";
  for await (const chunk of createReadStream(file, { encoding: "latin1", highWaterMark: chunkBytes })) {
    if (/\r[^\n]/.test(`${last}${chunk}`)) return true;
    last = String(chunk).slice(-1);
  }
  return false;
}
