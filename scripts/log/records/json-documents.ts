import { readFile, stat } from "node:fs/promises";
import { VARCHAR } from "@duckdb/node-api";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { formatCounted } from "#pages/format.ts";
import { appendTo, type Column, chunksOf } from "#stores/connections/duckdb/append.ts";
import type { Scratch } from "../scratch.ts";
import type { Source } from "../source/source.ts";
import { literal } from "../sql/literal.ts";
import { isObject, salvaged } from "./salvage.ts";

/** Texts of JSON, one to a row, as SQL with the column `l`. */
export interface Documents {
  readonly sql: string;
  /** SQL for what is wrong with a row as a whole, NULL where nothing is. */
  readonly fault: string;
  readonly unit: "line" | "record";
  readonly linesRead: number;
  readonly notes: readonly string[];
  textOf(numbers: readonly number[]): Promise<ReadonlyMap<number, string>>;
}

/** Bytes of a single object that DuckDB is asked to hold, which sets aside twice as many at once: no more than the file has. */
const largestObject = 1024 ** 3;
const leastObject = 16 * 1024 ** 2;

/** The documents of a text: what an array holds, or one after another. Where one is broken, the others are read by themselves. */
export async function documents(source: Source, scratch: Scratch): Promise<Documents> {
  const table = scratch.newTable();
  const compression = source.compression === "none" ? "" : `, compression = ${literal(source.compression)}`;
  const bytes = source.compression === "none" ? (await stat(source.file)).size : largestObject;
  const size = Math.min(largestObject, Math.max(leastObject, bytes));
  await scratch.run("SET memory_limit = '4GB'");
  try {
    await scratch.run(
      `CREATE OR REPLACE TABLE ${table} AS SELECT json::VARCHAR AS l FROM read_json_objects(${literal(source.file)},
       format = 'auto', maximum_object_size = ${size}${compression})`,
    );
  } catch (cause) {
    const reason =
      cause instanceof Error
        ? cause.message.split("\n", 1)[0]?.replace(/^[A-Z][A-Za-z ]* Error: |in file "[^"]*",? ?/g, "")
        : "";
    const rest = await salvagedDocuments(source, bytes, table, reason ?? "", scratch);
    if (rest !== undefined) return rest;
    throw new InvalidInput(`Cannot read ${source.path} as JSON: ${reason}`, { cause });
  }
  return counted(table, scratch);
}

const texts: readonly Column<string>[] = [["l", VARCHAR, (text) => text]];

/** A text of JSON that is taken apart in memory is no larger. */
const mostSalvaged = 256 * 1024 ** 2;

/** The records of a text that is broken somewhere, if most of them can be read. */
async function salvagedDocuments(
  source: Source,
  bytes: number,
  table: string,
  reason: string,
  scratch: Scratch,
): Promise<Documents | undefined> {
  if (source.compression !== "none" || bytes > mostSalvaged) return undefined;
  const { records, others } = salvaged(await readFile(source.file, "utf8")) ?? { records: [], others: 0 };
  if (2 * records.filter(isObject).length <= records.length) return undefined;
  await scratch.run(`CREATE OR REPLACE TABLE ${table} (l VARCHAR)`);
  await appendTo(scratch.connection, table, undefined, chunksOf(records, texts));
  const found = await counted(table, scratch);
  return {
    ...found,
    notes: [
      `The file is no valid JSON as a whole (${reason.trim().replace(/\.$/, "")}): its records are read one by one.`,
      ...(others === 0 ? [] : [`Other arrays of the file, of ${formatCounted(others, "object")}, are left out.`]),
    ],
  };
}

async function counted(table: string, scratch: Scratch): Promise<Documents> {
  const [linesRead] = await scratch.row(`SELECT count(*)::DOUBLE FROM ${table}`, z.tuple([z.number()]));
  const textOf = (numbers: readonly number[]) => textsOf(table, "l", numbers, scratch);
  return { sql: table, fault: "NULL", unit: "record", linesRead, notes: [], textOf };
}

/** Texts of a table's rows by their numbers from 1. */
export async function textsOf(table: string, text: string, numbers: readonly number[], scratch: Scratch) {
  if (numbers.length === 0) return new Map<number, string>();
  const rows = await scratch.rows(
    `SELECT rowid::DOUBLE + 1, coalesce(${text}, '') FROM ${table} WHERE rowid + 1 IN (${numbers.join(", ")})`,
    z.tuple([z.number(), z.string()]),
  );
  return new Map(rows);
}
