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
      // Carriage returns at the end of what was read: what follows tells how many line ends they are.
      let returns = 0;
      for await (const chunk of chunks) {
        const end = endBeforeReturns(chunk);
        if (end > 0) yield Buffer.from(withFeeds(`${"\r".repeat(returns)}${chunk.slice(0, end)}`), "latin1");
        returns = chunk.length - end + (end > 0 ? 0 : returns);
      }
      yield Buffer.from("\n".repeat(returns), "latin1");
    },
    createWriteStream(target),
  );
  return target;
}

const chunkBytes = 1024 * 1024;

/** Where the carriage returns begin with which a text ends. A pattern would be tried from each of many. */
function endBeforeReturns(text: string): number {
  let end = text.length;
  while (text.endsWith("\r", end)) end -= 1;
  return end;
}

function withFeeds(text: string): string {
  return text.replace(/\r+\n?/g, (end) => (end.endsWith("\n") ? "\n" : "\n".repeat(end.length)));
}

async function hasBareReturn(file: string): Promise<boolean> {
  let last = "";
  for await (const chunk of createReadStream(file, { encoding: "latin1", highWaterMark: chunkBytes })) {
    if (/\r[^\n]/.test(`${last}${chunk}`)) return true;
    last = String(chunk).slice(-1);
  }
  return false;
}
