/** Splits text into rows of fields; fed with blocks of whole lines, it keeps what spans blocks. */
export interface RowReader {
  read(text: string, sink: RowSink): void;
  /** The text has ended: hands over what is still held. */
  finish(sink: RowSink): void;
}

export interface RowSink {
  /** A row, and the number of its first line (the first line of a file is 1). */
  row(fields: readonly string[], line: number): void;
  /** A line that is not a row, and why. */
  bad(line: number, reason: string): void;
}
