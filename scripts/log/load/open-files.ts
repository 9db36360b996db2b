import { InvalidInput } from "#churn/failure.ts";
import type { LogOptions } from "../options.ts";
import type { Records } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { EmptyFile } from "../source/empty-file.ts";
import { asideOf } from "./draft.ts";
import { openRecords } from "./open-records.ts";

export interface OpenedFiles {
  readonly records: readonly Records[];
  /** Files of several that hold lines and no row, such as a header alone: their lines are counted, and they are not read. */
  readonly rowless: readonly Records[];
  readonly notes: readonly string[];
}

/**
 * Opens all files of a log. Of several, those without rows are left out: programs that write in parts leave such. Throws
 * NotFound or InvalidInput where one cannot be read, or where none has a row.
 */
export async function openFiles(paths: readonly string[], options: LogOptions, scratch: Scratch): Promise<OpenedFiles> {
  const opened: Records[] = [];
  const empty: string[] = [];
  for (const path of paths) {
    const own = await openRecords(path, options, scratch).catch((error) => {
      if (error instanceof EmptyFile && paths.length > 1) return error;
      throw error;
    });
    if (!(own instanceof EmptyFile)) opened.push(own);
    else empty.push(own.blank === 0 ? path : `${path} (${own.blank.toLocaleString("en")} blank lines)`);
  }
  const rowless = paths.length > 1 ? opened.filter((own) => !hasRows(own)) : [];
  const records = opened.filter((own) => !rowless.includes(own));
  if (records.length === 0) throw new InvalidInput(`None of these ${paths.length} files holds a row: ${list(paths)}.`);
  return {
    records,
    rowless,
    notes: [
      ...(empty.length === 0 ? [] : [`Left out, because empty: ${list(empty)}.`]),
      ...(rowless.length === 0 ? [] : [`Left out, because without rows: ${list(rowless.map(({ path }) => path))}.`]),
    ],
  };
}

function hasRows(own: Records): boolean {
  return own.sample.length > 0 || own.linesRead !== asideOf(own);
}

function list(paths: readonly string[]): string {
  const shown = 3;
  const more = paths.length - shown;
  return `${paths.slice(0, shown).join(", ")}${more > 0 ? ` and ${more.toLocaleString("en")} more` : ""}`;
}
