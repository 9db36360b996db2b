import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import type { JudgedNight } from "#churn/promises/by-month.ts";
import { nightSchema } from "#churn/promises/night.ts";
import { readStored } from "../../connections/duckdb/read.ts";
import { monthNumber } from "../../month.ts";
import type { UnreadableRows } from "../../unreadable-rows.ts";
import { roleSchema } from "../entry-schema.ts";
import type { LedgerRange } from "../ledger.ts";
import { filter } from "./entries.ts";

/** Adds the nights that are not there yet. Must run in a transaction. */
export async function appendNights(connection: DuckDBConnection, nights: readonly JudgedNight[]): Promise<void> {
  for (const { snapshot, modelVersion, role, addedAt, night } of nights)
    await connection.run(
      `INSERT INTO ledger_nights (month, snapshot, model_version, role, added, night)
       SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (
         FROM ledger_nights WHERE snapshot = $2 AND model_version = $3 AND role = $4)`,
      [monthNumber(snapshot), snapshot, modelVersion, role, addedAt, JSON.stringify(night)],
    );
}

/** As Ledger.nights. */
export async function readNights(
  connection: DuckDBConnection,
  range: LedgerRange,
  unreadable: UnreadableRows,
): Promise<JudgedNight[]> {
  const [where, parameters] = filter(range);
  const result = await connection.run(
    `SELECT snapshot, model_version, role, added, night FROM ledger_nights WHERE ${where}
     ORDER BY snapshot, model_version, role`,
    parameters,
  );
  const row = z.tuple([z.int(), z.string(), roleSchema, z.number(), jsonText(nightSchema)]);
  const rows = await readStored(result, row, { unreadable, table: "ledger_nights", keys: 3 });
  return rows.map(([snapshot, modelVersion, role, addedAt, night]) => ({
    snapshot,
    modelVersion,
    role,
    addedAt,
    night,
  }));
}
