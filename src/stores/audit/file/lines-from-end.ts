import { open } from "node:fs/promises";
import { absent } from "../../durable-files.ts";

/** Bytes read at a time: some hundred entries, which is what a page shows. */
const blockSize = 65_536;

export interface Line {
  readonly text: string;
  /** How many bytes of the file are before it. */
  readonly at: number;
}

/**
 * The lines of a file from the last to the first, without its empty ones, read block by block: who takes a few reads only the end. Those
 * of a block come together, since waiting for each would take longer than reading it. No lines if there is no such file. Lines that are
 * added meanwhile are not read. Rejects as `node:fs` does.
 */
export async function* linesFromEnd(path: string): AsyncGenerator<Iterable<Line>> {
  const file = await open(path, "r").catch(absent);
  if (file === undefined) return;
  try {
    let position = (await file.stat()).size;
    let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
    while (position > 0) {
      const length = Math.min(blockSize, position);
      position -= length;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      const block = Buffer.concat([buffer.subarray(0, bytesRead), rest]);
      // Where the block begins within a line, that part waits for the block before: bytes, as a character may be cut as well.
      const start = position === 0 ? 0 : block.indexOf(newline) + 1;
      rest = position > 0 && start === 0 ? block : block.subarray(0, Math.max(0, start - 1));
      if (position > 0 && start === 0) continue;
      yield linesIn(block, start, position);
    }
  } finally {
    await file.close();
  }
}

const newline = 0x0a;

/** Those of a block from `start` on, which is `position` bytes from the beginning of the file. */
function* linesIn(block: Buffer, start: number, position: number): Generator<Line> {
  for (let end = block.length; end > start; ) {
    const from = Math.max(block.lastIndexOf(newline, end - 1) + 1, start);
    if (from < end) yield { text: block.toString("utf8", from, end), at: position + from };
    end = from - 1;
  }
}
