/** A line with an odd number of quotes. */
export interface OddLine {
  /** From 1. */
  readonly line: number;
  /** Whether it leaves a quoted field open. */
  readonly opens: boolean;
  /** Whether the next line is a row by itself, or there is none. */
  readonly isFollowedByRow: boolean;
}

export interface QuotedSpans {
  /** First and last lines of rows over several lines. */
  readonly spans: readonly (readonly [first: number, last: number])[];
  /** Lines with a quote that does not close. */
  readonly unclosed: readonly number[];
}

/** How many lines a quoted field may run over before its quote is taken as never closed. */
const longestSpan = 1_000;

/**
 * Which lines belong to one row: those from a line that leaves a quoted field open to the next one with an odd number of
 * quotes. Where a row stands right after the opening line, or no such line comes near, the quote was never closed.
 */
export function findSpans(lines: readonly OddLine[]): QuotedSpans {
  const spans: [number, number][] = [];
  const unclosed: number[] = [];
  for (let i = 0; i < lines.length; i++) {
    const current = lines[i];
    if (current === undefined || !current.opens) continue;
    const next = lines[i + 1];
    if (next === undefined || current.isFollowedByRow || next.line - current.line > longestSpan)
      unclosed.push(current.line);
    else {
      spans.push([current.line, next.line]);
      i += 1;
    }
  }
  return { spans, unclosed };
}
