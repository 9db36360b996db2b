import { knownNames } from "#churn/intake/role-names.ts";
import { isLikelyTime } from "../reading/likely-time.ts";
import { namesColumns } from "./header.ts";

/** How a delimiter divides the lines of a text. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: '"' | "'";
  /** Lines before the first line that has as many fields as most. */
  readonly skip: number;
  /** How many fields most lines have. */
  readonly fields: number;
  /** How many the line with most fields has. */
  readonly widest: number;
  /** Whether all lines below the first of them have as many fields as most. */
  readonly isEven: boolean;
}

/** Tried in this order where several divide the lines equally well. */
const delimiters = [",", "\t", ";", "|", "||", "^", "~", "\u0001", "\u001f", "::", ":"] as const;

interface Division extends Omit<Dialect, "skip"> {
  readonly kind: "delimited";
  /** Found only where it is asked for: to look for times among fields that are none takes long. */
  skip(): number;
  /** The share of lines with as many fields as most. */
  readonly share: number;
  readonly hasKnownNames: boolean;
}

/** What most likely stands between the fields of these lines, or how `given` divides them; undefined where nothing does. */
export function bestDelimiter(
  lines: readonly string[],
  given: string | undefined,
): ({ kind: "delimited" } & Dialect) | undefined {
  const found = (given === undefined ? delimiters : [given])
    .map((delimiter) => divide(lines, delimiter))
    .filter((division) => division.fields > 1 && (given !== undefined || division.share >= leastShare));
  const [best] = found.sort(
    (a, b) =>
      Number(b.hasKnownNames) - Number(a.hasKnownNames) ||
      Math.round(10 * b.share) - Math.round(10 * a.share) ||
      b.fields - a.fields,
  );
  if (best === undefined) return undefined;
  const { kind, delimiter, quote, skip, fields, widest, isEven } = best;
  // A colon is in every time of day: it divides nothing unless the header says so.
  return delimiter === ":" && !best.hasKnownNames && given === undefined
    ? undefined
    : { kind, delimiter, quote, skip: skip(), fields, widest, isEven };
}

const leastShare = 0.5;

/**
 * How a delimiter divides the lines, outside quotes. A record may run over several of them, and a quote within quotes be
 * written in two ways: as the lines are divided most evenly.
 */
function divide(lines: readonly string[], delimiter: string): Division {
  const quote = quoteOf(lines, delimiter);
  const plain = lines.map((text, line) => ({ text, line, lines: 1 }));
  const ways = [plain];
  const isQuoted = lines.some((line) => line.includes(quote));
  if (isQuoted) ways.push(joined(plain, quote));
  if (isQuoted && lines.some((line) => line.includes(`\\${quote}`))) {
    const bare = plain.map(({ text, ...own }) => ({ ...own, text: text.replaceAll(`\\${quote}`, "") }));
    ways.push(bare, joined(bare, quote));
  }
  const [first, ...others] = ways.map((records) => divideRecords(records, delimiter, quote));
  if (first === undefined) throw new TypeError("Lines are divided in one way at least");
  return others.reduce((best, other) => (other.fields > 1 && other.share > best.share ? other : best), first);
}

interface Joined {
  readonly text: string;
  /** The index of its first line, and how many it has. */
  readonly line: number;
  readonly lines: number;
}

/** Lines put together to records, each of which has as many opening quotes as closing ones. */
function joined(lines: readonly Joined[], quote: string): Joined[] {
  const records: Joined[] = [];
  let open: Joined | undefined;
  for (const { text, line } of lines) {
    const record: Joined =
      open === undefined ? { text, line, lines: 1 } : { ...open, text: `${open.text} ${text}`, lines: open.lines + 1 };
    const isOpen: boolean = (text.split(quote).length % 2 === 0) === (open === undefined);
    open = isOpen ? record : undefined;
    if (!isOpen) records.push(record);
  }
  return open === undefined ? records : [...records, open];
}

function divideRecords(records: readonly Joined[], delimiter: string, quote: '"' | "'"): Division {
  const quoted = new RegExp(`${quote}[^${quote}]*${quote}`, "g");
  const widths = records.map(({ text }) => (text.trim() === "" ? 0 : text.replace(quoted, "").split(delimiter).length));
  const counts = new Map<number, number>();
  let filled = 0;
  records.forEach(({ lines }, at) => {
    const width = widths[at] ?? 0;
    if (width === 0) return;
    counts.set(width, (counts.get(width) ?? 0) + lines);
    filled += lines;
  });
  const [fields, count] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [1, 0];
  const split = (at: number) => records[at]?.text.split(delimiter) ?? [];
  const cells = (at: number) => split(at).map((cell) => cell.trim().replaceAll(quote, ""));
  const isHeader = (at: number) => namesColumns(cells(at));
  const top = widths.findIndex((width) => width > 0);
  // Rows may end with more delimiters than the header, if nothing stands between them.
  const isEmptyBehind = (width: number) =>
    records.every(
      (_, at) =>
        widths[at] !== fields ||
        split(at)
          .slice(width - fields)
          .every((cell) => cell.trim() === ""),
    );
  // Rows of a log that gained columns have fewer fields at first than the header has names.
  const isWideHeader = (width: number, at: number) => {
    if (at !== top || width <= fields || !isHeader(at) || cells(at).includes("")) return false;
    const next = records.slice(0, mostTitles).findIndex((_, at) => at > top && widths[at] === fields && isHeader(at));
    return next < 0 || records.slice(top, next).some((_, at) => cells(top + at).some(isLikelyTime));
  };
  // A header without a name for the row numbers, as R writes it, has one field less; one that ends with a delimiter has one more.
  const isFirst = (width: number, at: number) =>
    width === fields ||
    (width === fields - 1 && width > 1 && knownNames(split(at)) > 1) ||
    (width === fields + 1 && cells(at).at(-1) === "" && knownNames(split(at)) > 1) ||
    (width < fields - 1 && width > 1 && at < mostTitles && isHeader(at) && isEmptyBehind(width)) ||
    isWideHeader(width, at);
  const first = Math.max(0, widths.findIndex(isFirst));
  // Above the header, spreadsheets fill up a title to the width of the rows.
  const isTitle = (at: number) =>
    2 * cells(at).filter((cell) => cell === "").length >= cells(at).length && !cells(at).some(isLikelyTime);
  const header = records.slice(0, mostTitles).findIndex((_, at) => at > first && isHeader(at));
  const areTitles =
    header > first &&
    knownNames(cells(first)) === 0 &&
    widths.slice(first, header).every((width, at) => width === 0 || isTitle(first + at));
  const regular = areTitles ? header : first;
  const names = cells(regular);
  const skip = () => {
    // Shorter rows at the beginning are rows all the same, where what follows them is no header.
    const isRow = (at: number) => (widths[at] ?? 0) > 1 && cells(at).some(isLikelyTime);
    const early = names.some(isLikelyTime) ? records.findIndex((_, at) => at < regular && isRow(at)) : -1;
    return records[early < 0 ? regular : early]?.line ?? 0;
  };
  return {
    kind: "delimited",
    delimiter,
    quote,
    skip,
    fields,
    widest: widths.reduce((most, width) => Math.max(most, width), 1),
    isEven: widths.every((width, at) => at <= regular || width === 0 || width === fields),
    share: count / Math.max(1, filled),
    hasKnownNames: fields > 1 && knownNames(names) > 0,
  };
}

/** The most lines above a header that are looked at. */
const mostTitles = 20;

/** Single quotes stand around fields only where they begin them in most lines, and in more than double ones do. */
function quoteOf(lines: readonly string[], delimiter: string): '"' | "'" {
  const [double = 0, single = 0] = ['"', "'"].map(
    (mark) => lines.filter((line) => line.startsWith(mark) || line.includes(`${delimiter}${mark}`)).length,
  );
  return 2 * single > lines.length && single > double ? "'" : '"';
}
