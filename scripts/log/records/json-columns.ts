import { literal } from "../sql/literal.ts";
import { columnsSql } from "./columns-sql.ts";
import { pathSql } from "./json-structure.ts";
import { type ColumnSource, placesOf, type Records } from "./records.ts";

/** A field of the objects that a column of text holds. */
interface Field {
  /** As an option names it: `payload.user.id`. */
  readonly name: string;
  readonly column: number;
  readonly keys: readonly string[];
}

/**
 * The same rows with further columns: fields of JSON that a column of text holds, as exports of warehouses have it, where
 * `named` names them by the column and their path. What is no JSON has nothing there.
 */
export function withJsonColumns(records: Records, named: readonly string[]): Records {
  const fields = records.isTyped ? [] : named.flatMap((name) => fieldOf(name, records));
  if (fields.length === 0) return records;
  const { width, sample } = records;
  const select = (columns: readonly ColumnSource[]) => {
    // Each column by itself, since of a date and a time of day either may be a field.
    const used = [...new Set(columns.flatMap(placesOf))];
    const textOf = (column: number) => {
      const field = fields[column - width];
      const text = `c${used.indexOf(column)}`;
      return field === undefined
        ? text
        : `((CASE WHEN json_valid(${text}) THEN ${text} END) ->> ${literal(pathSql(field.keys))})`;
    };
    return `SELECT line, fault${columnsSql(columns, textOf)} FROM (${records.select(used.map((column) => fields[column - width]?.column ?? column))})`;
  };
  const { carefully } = records;
  return {
    ...records,
    names: [...(records.names ?? []), ...fields.map(({ name }) => name)],
    width: width + fields.length,
    sample: sample.map((row) => [...row, ...fields.map(({ column, keys }) => textAt(row[column] ?? "", keys))]),
    select,
    carefully: carefully && (async () => withJsonColumns(await carefully(), named)),
  };
}

function fieldOf(name: string, { names = [], sample }: Records): Field[] {
  if (names.includes(name)) return [];
  const column = names.findIndex((own) => own !== "" && name.startsWith(`${own}.`));
  if (column < 0 || !sample.some((row) => (row[column] ?? "").trimStart().startsWith("{"))) return [];
  return [{ name, column, keys: name.slice((names[column] ?? "").length + 1).split(".") }];
}

function textAt(text: string, keys: readonly string[]): string | null {
  try {
    let value: unknown = JSON.parse(text);
    for (const key of keys)
      value = typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
    return value === undefined || value === null ? null : typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    return null;
  }
}
