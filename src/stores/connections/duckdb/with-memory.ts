import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { readRows } from "./read.ts";

/** Does work under a limit of at least as many MiB of memory. The limit is that of all sessions. */
export async function withMemory<T>(
  connection: DuckDBConnection,
  mebibytes: number,
  work: () => Promise<T>,
): Promise<T> {
  const [row] = await readRows(
    await connection.run("SELECT current_setting('memory_limit')"),
    z.tuple([z.string().regex(/^[\d.]+ [KMGTP]iB$/)]),
  );
  const [, amount, unit] = /^([\d.]+) (.)iB$/.exec(row?.[0] ?? "") ?? [];
  if (amount === undefined || Number(amount) * 1024 ** ("KMGTP".indexOf(unit ?? "") - 1) >= mebibytes) return work();
  await connection.run(`SET memory_limit = '${mebibytes}MiB'`);
  try {
    return await work();
  } finally {
    // Refused where others use more just now: then the limit stays.
    await connection.run(`SET memory_limit = '${amount}${unit}iB'`).catch(() => undefined);
  }
}
