import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { identifier, literal } from "../sql/literal.ts";
import { columnsSql } from "./columns-sql.ts";
import { leavesOf, mostKeys, pathSql, type Structure, structureSchema, untakenNotes } from "./json-structure.ts";
import type { ColumnSource, Records } from "./records.ts";
import { sampleOf } from "./sample.ts";

/** The rows of a Parquet file; a field of a nested column is called by its path, `properties.distinct_id`. */
export async function readParquet(source: Source, scratch: Scratch): Promise<Records> {
  const file = `read_parquet(${literal(source.file)}, file_row_number = true)`;
  const described = await scratch
    .rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${file})`, z.tuple([z.string(), z.string()]))
    .catch((cause) => {
      throw new InvalidInput(`Cannot read ${source.path}: the Parquet file is damaged or cut off.`, { cause });
    });
  const columns = described.filter(([name]) => name !== "file_row_number");
  const fields = (await Promise.all(columns.map(([name, type]) => fieldsOf(name, type, file, scratch)))).flat();
  const lists = columns.filter(([, type]) => /^STRUCT.*\[\]$/.test(type)).map(([name]) => name);
  const notes = await Promise.all(
    lists.map(async (name) =>
      untakenNotes(
        { [name]: await structureIn(name, file, scratch) },
        (list) => `write a row for each first (in DuckDB: SELECT *, unnest(${list}) AS entry)`,
      ),
    ),
  );
  const [count] = await scratch.row(`SELECT count(*)::DOUBLE FROM ${file}`, z.tuple([z.number()]));
  const select = (chosen: readonly ColumnSource[]) =>
    `SELECT file_row_number + 1 AS line, NULL::VARCHAR AS fault${columnsSql(chosen, (one) => fields[one]?.sql ?? "NULL")} FROM ${file}`;
  return {
    path: source.path,
    unit: "row",
    hasLines: true,
    isTyped: false,
    names: fields.map(({ name }) => name),
    width: fields.length,
    notes: notes.flat(),
    sample: await sampleOf(select, fields.length, scratch),
    select,
    firstLine: 1,
    linesRead: count,
    setAside: {},
    textOf: async (lines) =>
      new Map(
        lines.length === 0
          ? []
          : await scratch.rows(
              `SELECT file_row_number::DOUBLE + 1, (to_json(t)->>'$') FROM ${file} t WHERE file_row_number + 1 IN (${lines.join(", ")})`,
              z.tuple([z.number(), z.string()]),
            ),
      ),
  };
}

interface Field {
  readonly name: string;
  /** SQL for its text. */
  readonly sql: string;
}

async function fieldsOf(name: string, type: string, file: string, scratch: Scratch): Promise<Field[]> {
  const column = identifier(name);
  if (/\[\]$/.test(type)) return [];
  // Some programs write texts as bytes; other bytes, such as a binary UUID, are known by their digits.
  if (type === "BLOB") return [{ name, sql: `coalesce(TRY(decode(${column})), lower(hex(${column})))` }];
  // A number of two decimals that is written with three looks like one of thousands.
  if (/^DECIMAL\(\d+,[1-9]/.test(type)) return [{ name, sql: `rtrim(rtrim(${column}::VARCHAR, '0'), '.')` }];
  if (type === "JSON" || /^(?:STRUCT|MAP)/.test(type)) {
    const leaves = leavesOf(await structureIn(name, file, scratch));
    // The keys of such a map are ids.
    if (type.startsWith("MAP") && leaves.length > mostKeys) return [];
    return leaves.map(({ name: path, keys }) => ({
      name: `${name}.${path}`,
      sql: `(to_json(${column}) ->> ${literal(pathSql(keys))})`,
    }));
  }
  return [{ name, sql: `${column}::VARCHAR` }];
}

/** What a column holds whose values are, or can be, written as JSON. */
async function structureIn(name: string, file: string, scratch: Scratch): Promise<Structure> {
  const column = identifier(name);
  const [text] = await scratch.row(
    `SELECT json_group_structure(to_json(${column}))::VARCHAR FROM (SELECT ${column} FROM ${file} LIMIT 1000)`,
    z.tuple([z.string().nullable()]),
  );
  return structureSchema.parse(JSON.parse(text ?? "{}"));
}
