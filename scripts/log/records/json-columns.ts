import { pathSql } from "./json-structure.ts";
import type { ColumnSource, Records } from "./records.ts";

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
  const fieldAt = (source: ColumnSource) => (typeof source === "number" ? fields[source - width] : undefined);
  const select = (columns: readonly ColumnSource[]) => {
    const texts = columns.map((source, i) => {
      const field = fieldAt(source);
      const text = `(CASE WHEN json_valid(c${i}) THEN c${i} END)`;
      return `, ${field === undefined ? `c${i}` : `${text} ->> '${pathSql(field.keys).replaceAll("'", "''")}'`} AS c${i}`;
    });
    return `SELECT line, fault${texts.join("")} FROM (${records.select(columns.map((source) => fieldAt(source)?.column ?? source))})`;
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
