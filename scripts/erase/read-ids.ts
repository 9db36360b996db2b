import { readFile } from "node:fs/promises";
import { InvalidInput } from "#churn/failure.ts";

/**
 * The ids in a file with one on each line, as they are stored: without blanks at their ends, and without the mark that editors put at
 * the beginning of a file. Throws InvalidInput for a file that cannot be read, or is not UTF-8: its ids would be no one's, and who is
 * meant would stay.
 */
export async function readIds(file: string): Promise<string[]> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new InvalidInput(`Cannot read ${file}.`, { cause });
  });
  return asText(bytes, file)
    .split("\n")
    .map(asStored)
    .filter((id) => id !== "");
}

/** An id as every entrance stores it. */
export function asStored(id: string): string {
  return id.trim();
}

function asText(bytes: Uint8Array, file: string): string {
  const notText = (cause?: unknown) =>
    new InvalidInput(`Cannot read ${file}: it is not text in UTF-8. Save it as that, with one id on each line.`, {
      cause,
    });
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // UTF-16 of plain letters passes for UTF-8.
    if (!text.includes("\0")) return text;
  } catch (error) {
    throw notText(error);
  }
  throw notText();
}
