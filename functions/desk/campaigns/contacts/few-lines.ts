import { TooLarge } from "#runtime/failures.ts";

/**
 * Throws TooLarge for a text of more than `most` lines, blank ones included. They are counted without splitting the text, of which
 * each line may be a single character.
 */
export function requireFewLines(text: string, most: number): void {
  const breaks = /\r\n?|\n/g;
  let lines = 0;
  while (breaks.exec(text) !== null) {
    lines += 1;
    // What follows the last line break may be nothing.
    if (lines > most || (lines === most && breaks.lastIndex < text.length))
      throw new TooLarge(`Send at most ${most} lines at a time, blank ones included.`, { details: { limit: most } });
  }
}
