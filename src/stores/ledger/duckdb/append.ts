import { BOOLEAN, DOUBLE, type DuckDBConnection, INTEGER, UTINYINT, VARCHAR } from "@duckdb/node-api";
import { bucketOf } from "#churn/action.ts";
import { appendIncoming, type Column, chunksOf, createIncoming } from "../../connections/duckdb/append.ts";
import { monthNumber } from "../../month.ts";
import type { LedgerEntry, LedgerOutcome } from "../ledger.ts";

/** Adds the entries that are not there yet. Must run in a transaction. */
export async function appendEntries(
  connection: DuckDBConnection,
  entries: readonly LedgerEntry[],
  now: number,
): Promise<void> {
  const columns: Column<LedgerEntry>[] = [
    ...placeColumns,
    ["role", VARCHAR, ({ role }) => role],
    ["state", VARCHAR, ({ state }) => state],
    ["probability", DOUBLE, ({ probability }) => probability ?? null],
    ["arm", VARCHAR, ({ arm }) => arm ?? null],
    ["recorded", DOUBLE, () => now],
  ];
  await appendNew(connection, "ledger", ["model_version", "role"], columns, entries);
}

/** Adds the outcomes that are not there yet. Must run in a transaction. */
export async function appendOutcomes(
  connection: DuckDBConnection,
  outcomes: readonly LedgerOutcome[],
  now: number,
): Promise<void> {
  const columns: Column<LedgerOutcome>[] = [
    ...placeColumns,
    ["churned", BOOLEAN, ({ churned }) => churned],
    ["recorded", DOUBLE, () => now],
  ];
  await appendNew(connection, "ledger_outcomes", ["model_version"], columns, outcomes);
}

type Place = Pick<LedgerEntry, "userId" | "snapshot" | "modelVersion">;

const placeColumns: Column<Place>[] = [
  ["month", INTEGER, ({ snapshot }) => monthNumber(snapshot)],
  ["snapshot", INTEGER, ({ snapshot }) => snapshot],
  ["bucket", UTINYINT, ({ userId }) => bucketOf(userId)],
  ["user_id", VARCHAR, ({ userId }) => userId],
  ["model_version", VARCHAR, ({ modelVersion }) => modelVersion],
];

async function appendNew<Row extends Place & { readonly role?: string }>(
  connection: DuckDBConnection,
  table: string,
  identity: readonly string[],
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Promise<void> {
  const distinct = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify([row.userId, row.snapshot, row.modelVersion, row.role]);
    if (!distinct.has(key)) distinct.set(key, row);
  }
  await connection.run(createIncoming(columns));
  await appendIncoming(connection, chunksOf([...distinct.values()], columns));
  // In the order of buckets, and searched only in the same snapshots, whose rows are close together.
  await connection.run(`
    INSERT INTO ${table} BY NAME
    FROM incoming ANTI JOIN (
      FROM ${table} WHERE snapshot BETWEEN (SELECT min(snapshot) FROM incoming) AND (SELECT max(snapshot) FROM incoming)
    ) known USING (snapshot, bucket, user_id, ${identity.join(", ")})
    ORDER BY snapshot, bucket, user_id`);
}
