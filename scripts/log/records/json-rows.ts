import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { hasRole } from "#churn/intake/role-names.ts";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import type { Documents } from "./json-documents.ts";
import { isArray, isObject, isRecord, pathSql, type Structure } from "./json-structure.ts";

/** Rows of a table that JSON holds as arrays within an object, and where that names their columns. */
export interface TableRows {
  /** The keys that lead to the array of rows. */
  readonly keys: readonly string[];
  readonly names: readonly string[];
  /** SQL for the names, of the object `json` and its rows as texts. */
  readonly namesSql: (json: string, rows: string) => string;
  readonly hasHeader: boolean;
}

/**
 * The tables in the first of some objects, of the given structure, as interfaces of databases and spreadsheets send them: the columns are an array of
 * names (`{"columns": ["user", …], "rows": [["u1", …], …]}`) or of objects with a `name`, anywhere in the object, or else the first row
 * has the names.
 */
export async function tablesIn(outer: Documents, structure: Structure, scratch: Scratch): Promise<TableRows[]> {
  const rows = pathsTo(structure, (array) => array[0] !== undefined && isArray(array[0]));
  if (rows.length === 0) return [];
  const lists = [
    ...pathsTo(structure, ([element]) => element === "VARCHAR").map((keys) => `${pathSql(keys)}[*]`),
    ...pathsTo(structure, ([element]) => isObject(element) && element.name === "VARCHAR").map(
      (keys) => `${pathSql(keys)}[*].name`,
    ),
  ];
  const [first] = await scratch.rows(
    `SELECT [${lists.map((path) => namesAt("l", path)).join(", ")}]::VARCHAR[][],
       [${rows.map((keys) => namesAt("l", `${pathSql(keys)}[0][*]`)).join(", ")}]::VARCHAR[][]
     FROM ${outer.sql} WHERE json_valid(l) LIMIT 1`,
    z.tuple([z.array(nullableNames), z.array(nullableNames)]),
  );
  const [found, firstRows] = first ?? [[], []];
  return rows.flatMap((keys, table): TableRows[] => {
    const header = firstRows[table] ?? [];
    const at = found.findIndex((names) => names.length === header.length && areNames(names));
    if (at >= 0) {
      const [names, path] = [found[at] ?? [], lists[at] ?? ""];
      return [{ keys, names: names.map(String), namesSql: (json) => namesAt(json, path), hasHeader: false }];
    }
    if (!areNames(header) || !hasRole("time", header)) return [];
    return [{ keys, names: header, namesSql: (_, rowsOf) => namesAt(`${rowsOf}[1]`, "$[*]"), hasHeader: true }];
  });
}

const nullableNames = z.array(z.string().nullable());

/** SQL for the texts at a path. */
function namesAt(json: string, path: string): string {
  return `json_extract_string(${json}, ${literal(path)})`;
}

function areNames(texts: readonly (string | null)[]): texts is readonly string[] {
  return texts.length > 1 && texts.every((text) => text !== null && text.trim() !== "");
}

/**
 * Arrays to a line, or one after another, of which the first names the columns, as objects; undefined where the first is an array of objects. Throws
 * InvalidInput where nothing names the columns.
 */
export async function readHeaded(
  outer: Documents,
  named: readonly string[],
  path: string,
  scratch: Scratch,
): Promise<Documents | undefined> {
  const [[first] = [null]] = await scratch.rows(
    `SELECT CASE WHEN json_valid(l) THEN json_extract(l, '$[*]')::VARCHAR[] END FROM ${outer.sql} LIMIT 1`,
    z.tuple([z.array(z.string().nullable()).nullable()]),
  );
  if (first?.some((element) => element?.startsWith("{"))) return undefined;
  const names = namesOf(first ?? []);
  const isHeader = named.some((name) => names.includes(name)) || isRecord(names);
  if (!areNames(names) || !isHeader)
    throw new InvalidInput(
      `Cannot read ${path}: it holds JSON arrays, which do not name their fields. Write their names as the first of them, or objects, or CSV.`,
    );
  const table = scratch.newTable();
  const record = rowRecord(`[${names.map(literal).join(", ")}]`, "l");
  await scratch.run(
    `CREATE OR REPLACE TABLE ${table} AS SELECT CASE WHEN ${isRow("l")} THEN ${record} ELSE l END AS l
     FROM (SELECT l, row_number() OVER () AS n FROM ${outer.sql}) WHERE n > 1`,
  );
  return { ...outer, sql: table, fault: "NULL", notes: [...outer.notes, "The first array names the columns."] };
}

function namesOf(elements: readonly (string | null)[]): string[] {
  return elements.map((element) =>
    z
      .string()
      .catch("")
      .parse(JSON.parse(element ?? "null")),
  );
}

function isRow(json: string): string {
  return `CASE WHEN json_valid(${json}) THEN json_type(${json}) = 'ARRAY' END`;
}

/** SQL for a row as an object: values for which there is no name are left out, and anything but an array stays as it is. */
export function rowRecord(names: string, row: string): string {
  const members = `list_transform(list_zip(${names}, json_extract(${row}, '$[*]'), true), lambda e: concat(to_json(e[1]), ':', coalesce(e[2]::VARCHAR, 'null')))`;
  return `concat('{', array_to_string(${members}, ','), '}')`;
}

/** SQL for the rows of the object `json` as objects. */
export function tableRecords(json: string, { keys, namesSql, hasHeader }: TableRows): string {
  const rows = `json_extract(${json}, ${literal(`${pathSql(keys)}[*]`)})::VARCHAR[]`;
  const record = `CASE WHEN json_type(r) = 'ARRAY' THEN ${rowRecord("t.names", "r")} ELSE r END`;
  // A lambda over one element, so that names and rows are taken from the object once.
  const records = `list_transform(t.rows${hasHeader ? "[2:]" : ""}, lambda r: ${record})`;
  return `list_transform([{'rows': ${rows}, 'names': ${namesSql(json, `(${rows})`)}}], lambda t: ${records})[1]`;
}

/** The keys that lead to arrays of a kind, outside of other arrays. */
function pathsTo(
  structure: Structure,
  isSought: (array: readonly Structure[]) => boolean,
  keys: readonly string[] = [],
): (readonly string[])[] {
  if (typeof structure === "string") return [];
  if (isArray(structure)) return isSought(structure) ? [keys] : [];
  return Object.entries(structure).flatMap(([key, value]) => pathsTo(value, isSought, [...keys, key]));
}
