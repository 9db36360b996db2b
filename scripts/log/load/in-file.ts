import { InvalidInput } from "#churn/failure.ts";
import { withoutMarks } from "#churn/intake/role-names.ts";
import type { Table } from "../columns/table.ts";
import { type ColumnSource, columnName, type DateSource, type Records, sourceName } from "../records/records.ts";
import type { Columns } from "./plan.ts";

/** How a column is called in messages. */
export function nameIn(table: Pick<Table, "names">, column: ColumnSource | undefined): string {
  return column === undefined ? "" : sourceName(table, column);
}

/**
 * The columns of the table that several files make together, in one of them: by name where all have names, else by place.
 * A file may lack columns of value, id and passive; throws InvalidInput where it lacks another.
 */
export function inFile(columns: Columns, table: Table, own: Records): Columns {
  const places = placesIn(table, own);
  const find = (column: number): number => {
    const place = places(column);
    if (place !== undefined) return place;
    throw new InvalidInput(
      `Cannot read ${own.path} together with the other files: it has no column ${columnName(table, column)}. Import it by itself.`,
    );
  };
  const required = (column: number | undefined) => (column === undefined ? undefined : find(column));
  const optional = (column: number | undefined) => (column === undefined ? undefined : places(column));
  const { time } = columns;
  return {
    user: find(columns.user),
    time: mapped(time, find),
    action: required(columns.action),
    value: optional(columns.value),
    id: optional(columns.id),
    passive: optional(columns.passive),
  };
}

function mapped(source: ColumnSource, find: (column: number) => number): ColumnSource {
  if (typeof source === "number") return find(source);
  return "clock" in source
    ? { ...source, date: mappedDate(source.date, find), clock: find(source.clock) }
    : mappedDate(source, find);
}

function mappedDate(date: DateSource, find: (column: number) => number): DateSource {
  return typeof date === "number"
    ? find(date)
    : { year: find(date.year), month: find(date.month), day: date.day === undefined ? undefined : find(date.day) };
}

/** Where the columns of the table are in a file. */
export function placesIn({ names, width }: Table, own: Records): (column: number) => number | undefined {
  if (names === undefined || own.names === undefined)
    return (column) => (column < Math.min(width, own.width) ? column : undefined);
  const places = new Map(countedNames(own.names).map((name, place) => [name, place]));
  const counted = countedNames(names);
  const [inTable, inOwn] = [spellings(names), spellings(own.names)];
  return (column) => {
    const plain = spelling(names[column] ?? "");
    return places.get(counted[column] ?? "") ?? (inTable.get(plain)?.length === 1 ? only(inOwn.get(plain)) : undefined);
  };
}

/** A name without what several spellings of it differ in; other letters than those of Latin, and signs such as %, are part of it. */
function spelling(name: string): string {
  return withoutMarks(name)
    .toLowerCase()
    .replace(/[\s_.-]/g, "");
}

/** Where names are that differ in capitals and marks between words only: `user_id` and `userId`. */
function spellings(names: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  names.forEach((name, place) => {
    const plain = spelling(name);
    if (plain !== "") places.set(plain, [...(places.get(plain) ?? []), place]);
  });
  return places;
}

function only(places: readonly number[] = []): number | undefined {
  return places.length === 1 ? places[0] : undefined;
}

/** All files as one table: the columns of every name, in the order in which they come first, with the first rows of each. */
export function tableOf(records: readonly Records[]): Table {
  const [first, ...others] = records;
  if (first === undefined) throw new TypeError("A log has a file");
  if (others.length === 0) return first;
  const areNamed = records.every(({ names }) => names !== undefined);
  const counted = columnsOfAll(records.map((own) => own.names ?? []));
  const names = areNamed ? [...counted].map((name) => name.slice(name.indexOf(" ") + 1)) : first.names;
  const width = areNamed ? counted.size : Math.max(...records.map((own) => own.width));
  const table = { names, width, unit: first.unit };
  const share = Math.ceil(mostSampled / records.length);
  const sample = records.flatMap((own) => {
    const places = Array.from({ length: width }, (_, column) => column).map(placesIn({ ...table, sample: [] }, own));
    return own.sample
      .slice(0, share)
      .map((row) => places.map((place) => (place === undefined ? null : (row[place] ?? null))));
  });
  return { ...table, sample };
}

const mostSampled = 20_000;

/** The columns of all files, as `countedNames` has them: what one file has is not added as it is spelt in another that has it once. */
function columnsOfAll(files: readonly (readonly string[])[]): ReadonlySet<string> {
  const counted = new Set<string>();
  const spelt = new Set<string>();
  for (const names of files) {
    const own = spellings(names);
    const added = countedNames(names).filter((name, place) => {
      const plain = spelling(names[place] ?? "");
      return !counted.has(name) && !(spelt.has(plain) && own.get(plain)?.length === 1);
    });
    for (const name of added) counted.add(name);
    for (const plain of own.keys()) spelt.add(plain);
  }
  return counted;
}

/** Names of which each occurs once: with how often the name stood before it. */
function countedNames(names: readonly string[]): string[] {
  const before = new Map<string, number>();
  return names.map((name) => {
    const count = before.get(name) ?? 0;
    before.set(name, count + 1);
    return `${count} ${name}`;
  });
}

/** What is said of files that lack a column. */
export function absentNotes(
  columns: Columns,
  table: Table,
  files: readonly { readonly records: Records; readonly columns: Columns }[],
): string[] {
  return (["value", "id", "passive"] as const).flatMap((role) => {
    const lacking = files.filter((file) => columns[role] !== undefined && file.columns[role] === undefined);
    const [first] = lacking;
    if (first === undefined) return [];
    const others = lacking.length > 1 ? ` and ${lacking.length - 1} more of ${files.length} files` : "";
    return [
      `${nameIn(table, columns[role])} is no column of ${first.records.path}${others}: it is taken for empty there.`,
    ];
  });
}

/** What is said of columns that other files spell otherwise. */
export function spellingNotes(
  columns: Columns,
  table: Table,
  files: readonly { readonly records: Records; readonly columns: Columns }[],
): string[] {
  const found = (["user", "time", "action", "value", "id", "passive"] as const).flatMap((role) => {
    const source = columns[role];
    if (typeof source !== "number" || table.names === undefined) return [];
    const name = nameIn(table, source);
    const other = files.find(
      ({ records, columns: own }) =>
        records.names !== undefined && own[role] !== undefined && nameIn(records, own[role]) !== name,
    );
    return other === undefined
      ? []
      : [`${name} for ${nameIn(other.records, other.columns[role])} of ${other.records.path}`];
  });
  return found.length === 0 ? [] : [`Columns that files spell otherwise are taken for one: ${found.join(", ")}.`];
}
