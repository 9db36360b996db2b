import type { RowReader, RowSink } from "./row-reader.ts";

/** A space stands for any run of spaces and tabs, at the start and end of a line too. */
export type Delimiter = "," | ";" | "\t" | "|" | " ";

/** How far a quoted field may run over line ends before its quote is taken as never closed. */
const longestRecordLines = 200;

/**
 * Rows of text with a delimiter, quoted as in RFC 4180: a quote counts only at the start of a field, a doubled one
 * stands for itself, and a quoted field may hold line ends. Blank lines are skipped. Written by hand because a
 * general parser (csv-parse) takes more than the whole time of the import for this step alone.
 */
export class DelimitedReader implements RowReader {
  readonly #delimiter: Delimiter;
  /** Lines of a record whose quote is still open, the first of which is line #openedAt. */
  #open: string[] = [];
  #openedAt = 0;
  #line = 0;

  constructor(delimiter: Delimiter) {
    this.#delimiter = delimiter;
  }

  read(text: string, sink: RowSink): void {
    for (let from = 0; from < text.length; ) {
      const found = text.indexOf("\n", from);
      const to = found < 0 ? text.length : found;
      const end = text.charCodeAt(to - 1) === carriageReturn ? to - 1 : to;
      this.#line += 1;
      // Nearly every line is plain: its fields are cut from the block without a copy of the line.
      const fields = this.#open.length === 0 && end > from ? splitPlain(text, from, end, this.#delimiter) : undefined;
      if (fields === undefined) this.#take(text.slice(from, end), this.#line, sink);
      else sink.row(fields, this.#line);
      from = to + 1;
    }
  }

  finish(sink: RowSink): void {
    while (this.#open.length > 0) this.#giveUp(sink);
  }

  #take(line: string, number: number, sink: RowSink): void {
    if (this.#open.length > 0) this.#continue(line, sink);
    else if (line.trim() !== "") this.#begin(line, number, sink);
  }

  #begin(line: string, number: number, sink: RowSink): void {
    const fields = splitQuoted(line, this.#delimiter);
    if (fields === undefined) {
      this.#open = [line];
      this.#openedAt = number;
    } else sink.row(fields, number);
  }

  #continue(line: string, sink: RowSink): void {
    this.#open.push(line);
    const fields = line.includes('"') ? splitQuoted(this.#open.join("\n"), this.#delimiter) : undefined;
    if (fields !== undefined) {
      this.#open = [];
      sink.row(fields, this.#openedAt);
    } else if (this.#open.length > longestRecordLines) this.#giveUp(sink);
  }

  /** The line that opened the quote is bad; those after it are rows of their own. */
  #giveUp(sink: RowSink): void {
    const [, ...rest] = this.#open;
    const first = this.#openedAt;
    this.#open = [];
    sink.bad(first, "a quote is opened and not closed");
    rest.forEach((line, index) => {
      this.#take(line, first + 1 + index, sink);
    });
  }
}

const carriageReturn = 0x0d;
const quote = 0x22;

/** The fields of text[from, to); undefined for a line that holds a quote, or is not simply delimited. */
function splitPlain(text: string, from: number, to: number, delimiter: Delimiter): string[] | undefined {
  if (delimiter === " ") return undefined;
  const separator = delimiter.charCodeAt(0);
  const fields: string[] = [];
  let start = from;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return undefined;
    if (code === separator) {
      fields.push(text.slice(start, at));
      start = at + 1;
    }
  }
  fields.push(text.slice(start, to));
  return fields.length === 1 ? undefined : fields;
}

/** The fields of any record; undefined when a quote is still open at its end. */
function splitQuoted(text: string, delimiter: Delimiter): string[] | undefined {
  const record = delimiter === " " ? text.trim() : text;
  const fields: string[] = [];
  for (let at = 0; ; ) {
    if (delimiter === " ") while (isBlank(record.charCodeAt(at))) at += 1;
    let field = "";
    if (record.charCodeAt(at) === quote) {
      const closed = unquote(record, at);
      if (closed === undefined) return undefined;
      field = closed.text;
      at = closed.end;
    }
    const end = endOfField(record, at, delimiter);
    fields.push(field + record.slice(at, end));
    if (end === record.length) return fields;
    at = end + 1;
  }
}

function endOfField(record: string, from: number, delimiter: Delimiter): number {
  if (delimiter !== " ") {
    const found = record.indexOf(delimiter, from);
    return found < 0 ? record.length : found;
  }
  let at = from;
  while (at < record.length && !isBlank(record.charCodeAt(at))) at += 1;
  return at;
}

/** The quoted text that starts at `start`, and the position after its closing quote. */
function unquote(record: string, start: number): { text: string; end: number } | undefined {
  let text = "";
  for (let from = start + 1; ; ) {
    const found = record.indexOf('"', from);
    if (found < 0) return undefined;
    if (record.charCodeAt(found + 1) !== quote) return { text: text + record.slice(from, found), end: found + 1 };
    text += record.slice(from, found + 1);
    from = found + 2;
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
