import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { columnsSql } from "./columns-sql.ts";
import { type Around, aroundNotes, objectSql } from "./json-around.ts";
import { type Documents, documents, textsOf } from "./json-documents.ts";
import { readHeaded, type TableRows, tableRecords, tablesIn } from "./json-rows.ts";
import {
  keyName,
  type Leaf,
  leavesOf,
  nestedIn,
  pathSql,
  untakenNotes,
  type Wrapping,
  wrappedIn,
} from "./json-structure.ts";
import { blankCharacters, linesByNumber, linesOf, type Survey } from "./lines.ts";
import { type ColumnSource, notRecords, placesOf, type Records } from "./records.ts";
import { sampleOf, sampleRows } from "./sample.ts";
import { structureOf } from "./structure-of.ts";

const notJson = "is not valid JSON.";

/**
 * The records of JSON: an object to a line, an array, objects one after another, or any of these within an object
 * (`{"events": […]}`). Columns are paths with dots (`properties.distinct_id`), those of `named` also where the first
 * records lack them. Numbers keep their digits. `byLine` is given where each line is an object by itself.
 */
export async function readJson(
  source: Source,
  byLine: { readonly survey: Survey; readonly around: Around } | undefined,
  named: readonly string[],
  scratch: Scratch,
): Promise<Records> {
  const written = byLine === undefined ? await documents(source, scratch) : lines(source, byLine, scratch);
  const areArrays = await holdsArrays(written, scratch);
  const headed = areArrays ? await readHeaded(written, named, source.path, scratch) : undefined;
  const outer = headed ?? written;
  const own = await structureOf(outer, scratch);
  const tables = areArrays ? [] : await tablesIn(outer, own.structure, scratch);
  const wrapped =
    areArrays && headed === undefined
      ? ({ keys: [], kind: "array", others: [] } as const)
      : (nestedIn(own.structure, named) ?? wrappedIn(own.structure, named, outer.linesRead === 1, tables));
  const table = tables.find(({ keys }) => keys === wrapped?.keys);
  const unwrapped = wrapped === undefined ? outer : await unwrap(outer, wrapped, table, scratch);
  const whole = wrapped === undefined ? own : await structureOf(unwrapped, scratch);
  // Records within an array may have arrays of records themselves: users with their events.
  const nested = wrapped?.kind === "array" ? nestedIn(whole.structure, named) : undefined;
  const asWritten = nested === undefined ? unwrapped : await unwrap(unwrapped, nested, undefined, scratch);
  const { structure, repeatsKeys } = nested === undefined ? whole : await structureOf(asWritten, scratch);
  const inner = repeatsKeys ? withLastOfKeys(asWritten) : asWritten;
  const found = leavesOf(structure);
  const paths = [
    ...found.map(({ name }) => name),
    ...named.filter((name) => !found.some((leaf) => leaf.name === name)),
  ];
  const fault = `CASE WHEN outer_fault IS NOT NULL THEN outer_fault WHEN x IS NULL THEN CASE WHEN l IS NULL OR trim(l, ${blankCharacters}) = ''
    THEN ${literal(notRecords.blank)} ELSE ${literal(notJson)} END
    WHEN l[1] <> '{' AND NOT starts_with(ltrim(l), '{') THEN 'must be a JSON object.' END`;
  const select = (columns: readonly ColumnSource[]) => {
    const used = [...new Set(columns.flatMap(placesOf))];
    const places = used.map((column) => placeOf(paths[column] ?? "", found));
    const extracted = places.flatMap(({ paths, around }) => [...paths, ...(around === undefined ? [] : [around])]);
    const at = (path: readonly string[]) => `x[${extracted.indexOf(path) + 1}]`;
    const raw = (column: number) => {
      const { paths = [], around, rest = [] } = places[used.indexOf(column)] ?? {};
      const text = around && `(${at(around)} ->> '$')`;
      const inText = text && `json_extract(CASE WHEN json_valid(${text}) THEN ${text} END, ${literal(pathSql(rest))})`;
      return `(coalesce(${[...paths.map(at), ...(inText === undefined ? [] : [inText])].join(", ")})::VARCHAR)`;
    };
    const rows = `(SELECT l, ${inner.fault} AS outer_fault, json_extract(CASE WHEN json_valid(l) THEN l END, [${extracted.map((path) => literal(pathSql(path))).join(", ")}]) AS x FROM ${inner.sql})`;
    const texts = columnsSql(columns, (one) => `json_scalar(${raw(one)})`);
    const kinds = columns.map((column, i) =>
      typeof column === "number" ? `, coalesce(json_names(${raw(column)}), true) AS t${i}` : `, true AS t${i}`,
    );
    return `SELECT NULL::BIGINT AS line, ${fault} AS fault${texts}${kinds.join("")} FROM ${rows}`;
  };
  return {
    path: source.path,
    unit: inner.unit,
    hasLines: false,
    isTyped: true,
    names: paths,
    width: paths.length,
    notes: [
      ...inner.notes,
      ...(wrapped?.kind === "nested" || nested !== undefined
        ? []
        : untakenNotes(structure, (_, time) => `add --time ${time}`)),
    ],
    sample: await sampleOf(select, paths.length, scratch),
    select,
    firstLine: headed === undefined ? 1 : 2,
    linesRead: inner.linesRead,
    setAside: { header: headed === undefined ? 0 : 1 },
    textOf: inner.textOf,
  };
}

/** Where a record has the value of a column: at the first of the paths that has one, or else in JSON that is text itself. */
interface Place {
  readonly paths: readonly (readonly string[])[];
  /** The path to that text, and the one within it: of `log.user.id` in `{"log": "{…}"}`, as containers' logs have it. */
  readonly around?: readonly string[];
  readonly rest?: readonly string[];
}

function placeOf(name: string, leaves: readonly Leaf[]): Place {
  const own = leaves.find((leaf) => leaf.name === name);
  if (own !== undefined) return { paths: [own.keys] };
  // A name that is in none of the first records may be a path, or a key that has dots itself.
  const paths = [[name], name.split(".")];
  const text = leaves.find((leaf) => name.startsWith(`${leaf.name}.`));
  return text === undefined
    ? { paths }
    : { paths, around: text.keys, rest: name.slice(text.name.length + 1).split(".") };
}

/** Of a key that an object has more than once the last counts, as over HTTP; DuckDB takes the first. */
function withLastOfKeys(documents: Documents): Documents {
  const [keys, values] = ["json_keys(l)", "json_extract(l, '$.*')"];
  const isLast = `list_filter(range(1, len(${keys}) + 1), lambda i: NOT list_contains(${keys}[i + 1:], ${keys}[i]))`;
  const members = `list_transform(${isLast}, lambda i: concat(to_json(${keys}[i]), ':', ${values}[i]))`;
  const isRepeated = `CASE WHEN json_valid(l) THEN json_type(l) = 'OBJECT' AND list_unique(${keys}) < len(${keys}) END`;
  return {
    ...documents,
    sql: `(SELECT * REPLACE (CASE WHEN ${isRepeated} THEN concat('{', array_to_string(${members}, ','), '}') ELSE l END AS l) FROM ${documents.sql})`,
  };
}

function lines(
  source: Source,
  { survey, around }: { readonly survey: Survey; readonly around: Around },
  scratch: Scratch,
): Documents {
  return {
    sql: `(SELECT ${objectSql[around]} AS l FROM ${linesOf(source)})`,
    fault:
      around === "array"
        ? `CASE WHEN regexp_full_match(l, '[\\[\\],\\s]*[\\[\\],][\\[\\],\\s]*') THEN ${literal(notRecords.bracket)} END`
        : "NULL",
    unit: "line",
    linesRead: survey.lines,
    notes: aroundNotes[around],
    textOf: (numbers) => linesByNumber(source, scratch, numbers),
  };
}

/**
 * The records within the outer objects. What is no JSON, or has no records where the others have them, stands among them
 * with its fault, so that each outer object is accounted for.
 */
async function unwrap(
  outer: Documents,
  { keys, kind, others }: Wrapping,
  rowsOf: TableRows | undefined,
  scratch: Scratch,
): Promise<Documents> {
  const table = scratch.newTable();
  const place = keys.length === 0 ? "" : ` in "${keys.join(".")}"`;
  const isBlank = `l IS NULL OR trim(l, ${blankCharacters}) = ''`;
  const { records, length } = contentSql("CASE WHEN json_valid(l) THEN l END", keys, rowsOf)[kind];
  await scratch.run(
    `CREATE OR REPLACE TABLE ${table} AS
     WITH numbered AS (SELECT l, row_number() OVER () AS n FROM ${outer.sql}),
     found AS (SELECT l, n, ${records} AS records FROM numbered),
     faulty AS (SELECT l, n, CASE WHEN ${isBlank} THEN ${literal(notRecords.blank)} WHEN records IS NULL THEN ${literal(notJson)}
         WHEN len(records) = 0 THEN ${literal(`holds no records${place}.`)} END AS fault, records FROM found)
     SELECT unnest(CASE WHEN fault IS NULL THEN records ELSE [l] END) AS l, fault,
       CASE WHEN fault IS NOT NULL THEN n END AS outer_number FROM faulty`,
  );
  const [linesRead] = await scratch.row(
    `SELECT coalesce(sum(greatest(coalesce(${length}, 0), 1)), 0)::DOUBLE FROM ${outer.sql}`,
    z.tuple([z.number()]),
  );
  const textOf = (numbers: readonly number[]) =>
    textsOf(
      table,
      `concat(CASE WHEN outer_number IS NOT NULL THEN concat('(${outer.unit} ', outer_number, ' of the file) ') END, l)`,
      numbers,
      scratch,
    );
  return {
    sql: table,
    fault: "fault",
    unit: "record",
    linesRead,
    notes: [
      wrappingNotes[kind](keys.length === 0 ? "" : `"${keys.join(".")}"`),
      ...(others.length === 0
        ? []
        : [`Other records of the file are left out: ${others.map((other) => `"${other.join(".")}"`).join(", ")}.`]),
    ],
    textOf,
  };
}

const wrappingNotes = {
  array: (place: string) => `The records are read from ${place || "several arrays"}.`,
  nested: (place: string) => `The records are read from ${place}, each with what stands around it.`,
  table: (place: string) => `The records are read from the rows of ${place}.`,
  map: (place: string) =>
    `Each entry of ${place || "the file's object"} is read as a record, with its key as ${keyName}.`,
  "map of arrays": (place: string) =>
    `The records are read from all arrays of ${place || "the file's object"}, with their key as ${keyName}.`,
};

/** SQL for the records within the object `json`, and for how many there are by another count. */
function contentSql(json: string, keys: readonly string[], rowsOf: TableRows | undefined) {
  const path = pathSql(keys);
  const [at, values] = [path, `${path}.*`].map(literal);
  const entries = `list_zip(json_keys(${json}, ${at}), json_extract(${json}, ${values}))`;
  const keyed = (key: string, record: string) => `concat('{"${keyName}":', to_json(${key}), ',', substr(${record}, 2))`;
  const array = {
    records: `json_extract(${json}, ${literal(`${path}[*]`)})::VARCHAR[]`,
    length: `json_array_length(${json}, ${at})`,
  };
  return {
    array,
    nested: {
      // Without the array first: with it, each record would hold all of the others.
      records: `list_transform([json_merge_patch(${json}, ${putSql(keys, "'null'")})], lambda o: list_transform(${array.records}, lambda r: json_merge_patch(o, ${putSql(keys, "r")})::VARCHAR))[1]`,
      length: array.length,
    },
    table:
      rowsOf === undefined
        ? array
        : { records: tableRecords(json, rowsOf), length: `${array.length}${rowsOf.hasHeader ? " - 1" : ""}` },
    map: {
      records: `list_transform(${entries}, lambda e: ${keyed("e[1]", "e[2]::VARCHAR")})`,
      length: `len(json_keys(${json}, ${at}))`,
    },
    "map of arrays": {
      records: `flatten(list_transform(${entries}, lambda e: list_transform(json_extract(e[2], '$[*]'), lambda r: ${keyed("e[1]", "r::VARCHAR")})))`,
      length: `list_sum(list_transform(json_extract(${json}, ${values}), lambda a: json_array_length(a)))`,
    },
  };
}

/** SQL for an object that has a value, which SQL in `json` tells, at the end of a path. */
function putSql(keys: readonly string[], json: string): string {
  const start = keys.map((key) => `{${JSON.stringify(key)}:`).join("");
  return `concat(${literal(start)}, ${json}, ${literal("}".repeat(keys.length))})::JSON`;
}

/** Whether most of the first documents are arrays. */
async function holdsArrays({ sql }: Documents, scratch: Scratch): Promise<boolean> {
  const [arrays, objects] = await scratch.row(
    `SELECT count(*) FILTER (starts_with(ltrim(l), '['))::DOUBLE, count(*) FILTER (starts_with(ltrim(l), '{'))::DOUBLE
     FROM (SELECT l FROM ${sql} LIMIT ${sampleRows})`,
    z.tuple([z.number(), z.number()]),
  );
  return arrays > objects;
}
