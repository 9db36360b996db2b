import { InvalidInput } from "#churn/failure.ts";
import type { LogOptions } from "../options.ts";
import { readAccessLog } from "../records/access-log.ts";
import { bareLineSql, withBareLines } from "../records/bare-lines.ts";
import { readBlanks } from "../records/blanks.ts";
import { readDelimited } from "../records/delimited.ts";
import { readExtendedLog } from "../records/extended-log.ts";
import { readJson } from "../records/json.ts";
import { withJsonColumns } from "../records/json-columns.ts";
import { detectLayout } from "../records/layout.ts";
import { firstLines, isWholeInLines, type Survey, survey } from "../records/lines.ts";
import { readLogfmt } from "../records/logfmt.ts";
import { readParquet } from "../records/parquet.ts";
import type { Records } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { openSource } from "../source/open-source.ts";
import { withShortLines } from "../source/shorten-lines.ts";
import type { Source } from "../source/source.ts";
import { transcodeFile } from "../source/transcode-file.ts";

/** Lines by which it is told how a text is written. */
const headLines = 1_000;
/** Blank lines among them that are looked at as well, at most. */
const mostBlank = 100_000;

/** Opens a file of any supported format as rows of text. Throws NotFound or InvalidInput where that cannot be. */
export async function openRecords(path: string, options: LogOptions, scratch: Scratch): Promise<Records> {
  const opened = await openSource(path, options.encoding, scratch);
  const records = withJsonColumns(await recordsOf(opened, options, scratch), namedColumns(options));
  return opened.notes.length === 0 ? records : withNotes(records, opened.notes);
}

/** The records with what is to be said of their file, however they are read in the end. */
function withNotes(records: Records, notes: readonly string[]): Records {
  const { carefully } = records;
  return {
    ...records,
    notes: [...notes, ...records.notes],
    carefully: carefully && (async () => withNotes(await carefully(), notes)),
  };
}

async function recordsOf(opened: Source, options: LogOptions, scratch: Scratch): Promise<Records> {
  if (opened.kind === "parquet") return readParquet(opened, scratch);
  const { source, seen } = await surveyed(opened, scratch);
  if (seen === undefined) return readLongLines(source, options, scratch);
  return readSurveyed(source, seen, options, scratch);
}

/** `isBare` where the lines have been freed of what stood around each. */
async function readSurveyed(
  source: Source,
  seen: Survey,
  options: LogOptions,
  scratch: Scratch,
  isBare = false,
): Promise<Records> {
  // A file that is not compressed has been copied with one kind of line end.
  if (source.compression !== "none" && !(await isWholeInLines(source, scratch)))
    throw new InvalidInput(
      `Cannot read ${source.path}: some of its lines end with a carriage return alone. Unpack it first (zstd -d).`,
    );
  // Many blank lines may stand before the others.
  const head = await firstLines(source, scratch, headLines + Math.min(seen.blank, mostBlank));
  const bare = isBare || options.delimiter !== undefined || options.mayBeList === true ? undefined : bareLineSql(head);
  if (bare !== undefined) {
    const { source: copy, seen: again } = await surveyed(await withBareLines(source, bare, scratch), scratch);
    if (again !== undefined) return readSurveyed(copy, again, options, scratch, true);
  }
  const layout = detectLayout(head, source.path, options);
  switch (layout.kind) {
    case "json-lines":
      return readJson(source, { survey: seen, around: layout.around }, namedColumns(options), scratch);
    case "json-document":
      return readJson(source, undefined, namedColumns(options), scratch);
    case "access-log":
      return readAccessLog(source, seen, scratch);
    case "logfmt":
      return readLogfmt(source, seen, scratch);
    case "extended-log":
      return readExtendedLog(source, seen, scratch);
    case "blanks":
      return readBlanks(source, seen, layout, options, scratch);
    case "delimited":
      return readDelimited(source, seen, layout, options, scratch);
  }
}

/** A document of JSON may stand in one line, however long; of rows, one in a line that is too long costs that line. */
async function readLongLines(source: Source, options: LogOptions, scratch: Scratch): Promise<Records> {
  return readJson(source, undefined, namedColumns(options), scratch).catch((cause: unknown) =>
    readShortLines(source, options, scratch, cause),
  );
}

async function readShortLines(source: Source, options: LogOptions, scratch: Scratch, cause: unknown): Promise<Records> {
  const tooLong = new InvalidInput(
    `Cannot read ${source.path}: a line is longer than 2 MB, so it has no row to a line, and it is not JSON.`,
    { cause },
  );
  if (source.compression !== "none") throw tooLong;
  const { file, lines } = await withShortLines(source.file, scratch);
  const { source: short, seen } = await surveyed({ ...source, file }, scratch);
  if (seen === undefined || 2 * lines.length >= seen.lines) throw tooLong;
  const records = await readSurveyed(short, seen, options, scratch);
  const more = lines.length > 3 ? ", …" : "";
  const which = lines.length === 1 ? "A line is" : `${lines.length.toLocaleString("en")} lines are`;
  const note = `${which} longer than 2 MB and left out: ${lines.slice(0, 3).join(", ")}${more}.`;
  return withNotes(records, [note]);
}

/**
 * Looks at every line; text that is not UTF-8 throughout is copied with U+FFFD where it is not. Without `seen` where a
 * line is too long to be one row.
 */
async function surveyed(source: Source, scratch: Scratch): Promise<{ source: Source; seen: Survey | undefined }> {
  try {
    return { source, seen: await survey(source, scratch) };
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    if (/[Mm]aximum line size/.test(message)) return { source, seen: undefined };
    if (!/unicode|utf-?8/i.test(message)) throw error;
    if (source.compression !== "none")
      throw new InvalidInput(
        `Cannot read ${source.path}: it is not UTF-8 text. Unpack it (zstd -d) and name its encoding with --encoding.`,
        { cause: error },
      );
    const copy = { ...source, file: await transcodeFile(source.file, "utf-8", scratch) };
    return surveyed(copy, scratch);
  }
}

/** Columns that options name: in JSON they need not occur in the first records. */
function namedColumns({ user, time, action, value, id, passive }: LogOptions): string[] {
  return [user, time, action, value, id, passive]
    .filter((name) => name !== undefined)
    .filter((name) => !/^\d+$/.test(name));
}
