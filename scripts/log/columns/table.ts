import { InvalidInput } from "#churn/failure.ts";
import { endsOf, type Role, roleNames } from "#churn/intake/role-names.ts";
import { isAbsent } from "#churn/intake/text.ts";
import { joinedText, partsText } from "../records/clock.ts";
import { type ColumnSource, columnName, type Records } from "../records/records.ts";

/** The columns of a log, with its first rows. */
export type Table = Pick<Records, "names" | "width" | "sample" | "unit">;

/** The texts of a column's first rows that stand for something. */
export function present({ sample }: Pick<Table, "sample">, source: ColumnSource): string[] {
  return sample.map((row) => textOf(row, source)).filter((text) => !isAbsent(text));
}

function textOf(row: readonly (string | null)[], source: ColumnSource): string {
  const cell = (column: number) => (row[column] ?? "").trim();
  if (typeof source === "number") return cell(source);
  return "clock" in source
    ? joinedText(textOf(row, source.date), cell(source.clock), source.writing)
    : partsText(cell(source.year), cell(source.month), source.day === undefined ? "1" : cell(source.day));
}

/** Columns whose names mean the role: as a whole first, then by the end of their path. */
export function guesses(role: Role, { names = [] }: Table): number[] {
  const areDocuments = names.some((name) => name === "_index" || name.startsWith("_source."));
  const ends = names.map((name) => (areDocuments && besideDocuments.has(name) ? [] : endsOf(name)));
  const found = roleNames[role].flatMap((name) => ends.flatMap((own, column) => (own[0] === name ? [column] : [])));
  const byEnd = roleNames[role].flatMap((name) => ends.flatMap((own, column) => (own.includes(name) ? [column] : [])));
  return [...new Set([...found, ...byEnd])];
}

/** What Elasticsearch says of a document beside it: in its dumps these mean no role, as they may elsewhere. */
const besideDocuments: ReadonlySet<string> = new Set(["_index", "_type", "_score", "_version"]);

/** A column that an option names, or numbers from 1; a name that looks like a number is found first. */
export function named(role: Role, given: string, records: Table): number {
  const byName = records.names?.indexOf(given) ?? -1;
  if (byName >= 0) return byName;
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= records.width) return number - 1;
  const close = records.names?.findIndex((name) => name.toLowerCase() === given.toLowerCase()) ?? -1;
  if (close >= 0) return close;
  throw new InvalidInput(`--${role} ${given}: there is no such column. ${columnsFound(records)}`);
}

export function columnsFound(records: Table): string {
  const shown = 40;
  const { width, names, sample } = records;
  if (width === 0) return "No columns were found.";
  const found = Array.from({ length: Math.min(width, shown) }, (_, column) =>
    names === undefined
      ? `${columnName(records, column)} (${(sample[0]?.[column] ?? "").slice(0, 30)})`
      : `${columnName(records, column)}${fieldsIn(records, column)}`,
  );
  return `Columns found: ${found.join(", ")}${width > shown ? ", …" : ""}.`;
}

/** What is said of a column whose texts are objects of JSON: by which names options reach the fields. */
function fieldsIn(records: Table, column: number): string {
  const text = present(records, column)[0] ?? "";
  if (!text.startsWith("{")) return "";
  try {
    const names = Object.keys(JSON.parse(text)).map((key) => `${columnName(records, column)}.${key}`);
    return names.length === 0 ? "" : ` (JSON: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""})`;
  } catch {
    return "";
  }
}
