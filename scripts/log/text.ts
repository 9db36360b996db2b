import { InvalidInput } from "#churn/failure.ts";
import type { ByteSource } from "./bytes.ts";

const newline = 0x0a;

/** A longer line is not a line of a log. */
const longestLine = 8 * 1024 * 1024;

/**
 * The UTF-8 text of a source in blocks of whole lines: every block ends with a line end, save perhaps the last.
 * A byte order mark is left out; bytes that are not UTF-8 become U+FFFD. Throws InvalidInput for binary content.
 */
export async function* textBlocks(source: ByteSource, path: string): AsyncGenerator<string> {
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let isFirst = true;
  for await (const chunk of source.chunks) {
    if (isFirst && chunk.includes(0)) throw new InvalidInput(`Cannot read ${path}: it is not a text file.`);
    const end = chunk.lastIndexOf(newline) + 1;
    if (end > 0) {
      const block = Buffer.concat([...carried, chunk.subarray(0, end)]).toString("utf8");
      yield isFirst ? withoutByteOrderMark(block) : block;
      isFirst = false;
      carried = [];
      carriedBytes = 0;
    }
    carried.push(chunk.subarray(end));
    carriedBytes += chunk.length - end;
    if (carriedBytes > longestLine)
      throw new InvalidInput(`Cannot read ${path}: a line is longer than 8 MiB, so it is no log with a row to a line.`);
  }
  const last = Buffer.concat(carried).toString("utf8");
  if (last !== "") yield isFirst ? withoutByteOrderMark(last) : last;
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
