import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import type { Records } from "./records.ts";

/** Rows that tell what the columns may be; whether they are is checked on the whole file. */
export const sampleRows = 2_000;

/** The first rows of all columns, those with a fault left out. */
export async function sampleOf(
  select: Records["select"],
  width: number,
  scratch: Scratch,
): Promise<(string | null)[][]> {
  const columns = Array.from({ length: width }, (_, column) => column);
  const names = columns.map((column) => `c${column}`);
  const rows = await scratch.rows(
    `SELECT [${names.join(", ")}] FROM (${select(columns)}) WHERE fault IS NULL LIMIT ${sampleRows}`,
    z.tuple([z.array(z.string().nullable())]),
  );
  return rows.map(([row]) => row);
}
