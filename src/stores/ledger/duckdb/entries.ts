import {
  DuckDBBooleanVector,
  type DuckDBConnection,
  DuckDBDoubleVector,
  DuckDBIntegerVector,
  type DuckDBResult,
  type DuckDBValue,
  DuckDBVarCharVector,
} from "@duckdb/node-api";
import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { inBuckets } from "../../connections/duckdb/in-buckets.ts";
import { columnOf, readRows, readStored } from "../../connections/duckdb/read.ts";
import { ofUsers, userIdsText } from "../../connections/duckdb/some-users.ts";
import { aDay, finite, present, type UnreadableRows } from "../../unreadable-rows.ts";
import { armSchema, roleSchema, stateSchema } from "../entry-schema.ts";
import type { EntryRange, JudgedEntry, LedgerBatch, LedgerRange, RecordedEntry, SnapshotRange } from "../ledger.ts";

export async function readBatches(
  connection: DuckDBConnection,
  range: SnapshotRange,
  unreadable: UnreadableRows,
): Promise<LedgerBatch[]> {
  const [where, parameters] = filter(range);
  const result = await connection.run(
    `SELECT snapshot, model_version, champion, challenger, coalesce(outcomes, 0)
     FROM (
       SELECT snapshot, model_version, count(*) FILTER (role = 'champion')::DOUBLE AS champion,
         count(*) FILTER (role = 'challenger')::DOUBLE AS challenger
       FROM ledger WHERE ${where} GROUP BY ALL)
     LEFT JOIN (SELECT snapshot, model_version, count(*)::DOUBLE AS outcomes FROM ledger_outcomes GROUP BY ALL)
     USING (snapshot, model_version) ORDER BY snapshot, model_version`,
    parameters,
  );
  const row = z.tuple([z.int(), z.string(), z.int(), z.int(), z.int()]);
  const rows = await readStored(result, row, { unreadable, table: "ledger", keys: 2 });
  return rows.map(([snapshot, modelVersion, champion, challenger, outcomes]) => ({
    snapshot,
    modelVersion,
    entries: { champion, challenger },
    outcomes,
  }));
}

/** As Ledger.firstSnapshot: by the statistics of the table's blocks where they tell it. */
export async function readFirstSnapshot(connection: DuckDBConnection): Promise<number | undefined> {
  const [row] = await readRows(await connection.run("SELECT min(snapshot) FROM ledger"), z.tuple([z.int().nullable()]));
  return row?.[0] ?? undefined;
}

/** Streams entries in the order of Ledger.entries. Must run in a transaction of its own. */
export async function* streamEntries(
  connection: DuckDBConnection,
  range: EntryRange,
  unreadable: UnreadableRows,
): AsyncGenerator<JudgedEntry> {
  const [where, parameters] = filter(range);
  const within = `${where} AND ${inBuckets(range)}`;
  const snapshots = await readRows(
    await connection.run(
      `SELECT snapshot, count(*)::DOUBLE FROM ledger WHERE ${within} GROUP BY snapshot ORDER BY snapshot`,
      parameters,
    ),
    z.tuple([z.int().nullable(), z.int()]),
  );
  // One at a time, so that what is sorted does not grow with the range.
  for (const [snapshot, rows] of snapshots) {
    if (snapshot === null) {
      unreadable.hasRead(rows);
      unreadable.leaveOut(() => ({ place: "ledger" }), "snapshot is empty", rows);
      continue;
    }
    const these = `${within} AND snapshot = ${snapshot}`;
    yield* read(await connection.stream(`${judged(these)} ${order}`, parameters), unreadable);
  }
}

export async function readEntriesOf(
  connection: DuckDBConnection,
  userId: string,
  unreadable: UnreadableRows,
): Promise<JudgedEntry[]> {
  const found: JudgedEntry[] = [];
  const sql = `${judged(`bucket = ${bucketOf(userId)} AND user_id = $1`)} ${order}`;
  for await (const entry of read(await connection.stream(sql, [userId]), unreadable)) found.push(entry);
  return found;
}

export async function readLastShown(
  connection: DuckDBConnection,
  userIds: readonly string[],
  count: number,
  unreadable: UnreadableRows,
): Promise<Map<string, RecordedEntry[]>> {
  const found = new Map<string, RecordedEntry[]>();
  if (userIds.length === 0) return found;
  const result = await connection.stream(
    `SELECT * FROM (
       SELECT ${columns}, NULL::BOOLEAN FROM ledger
       WHERE role = 'champion' AND ${ofUsers(userIds, "$1")}
       QUALIFY row_number() OVER (PARTITION BY user_id, snapshot ORDER BY recorded DESC, model_version DESC) = 1)
     QUALIFY row_number() OVER (PARTITION BY user_id ORDER BY snapshot DESC) <= ${Math.trunc(count)}
     ORDER BY user_id, snapshot`,
    [userIdsText(userIds)],
  );
  for await (const { churned: _, ...entry } of read(result, unreadable)) {
    const entries = found.get(entry.userId) ?? [];
    entries.push(entry);
    found.set(entry.userId, entries);
  }
  return found;
}

const columns = "user_id, snapshot, model_version, role, state, probability, arm, recorded";
const order = "ORDER BY snapshot, bucket, user_id, model_version, role";

function judged(where: string): string {
  return `
    SELECT ${columns}, churned FROM ledger
    LEFT JOIN (SELECT snapshot, bucket, user_id, model_version, churned FROM ledger_outcomes)
    USING (snapshot, bucket, user_id, model_version) WHERE ${where}`;
}

/** The SQL condition for a range, and its parameters. */
export function filter({ from, before, modelVersion, role }: LedgerRange): [where: string, parameters: DuckDBValue[]] {
  const days = [from === undefined ? [] : `snapshot >= ${from}`, before === undefined ? [] : `snapshot < ${before}`];
  const texts = { model_version: modelVersion, role };
  const named = Object.entries(texts).filter(([, value]) => value !== undefined);
  const conditions = [...days.flat(), ...named.map(([column], i) => `${column} = $${i + 1}`), "true"];
  return [conditions.join(" AND "), named.map(([, value]) => value ?? null)];
}

async function* read(result: DuckDBResult, unreadable: UnreadableRows): AsyncGenerator<JudgedEntry> {
  for await (const chunk of result) {
    const users = columnOf(chunk, 0, DuckDBVarCharVector);
    const snapshots = columnOf(chunk, 1, DuckDBIntegerVector);
    const versions = columnOf(chunk, 2, DuckDBVarCharVector);
    const roles = columnOf(chunk, 3, DuckDBVarCharVector);
    const states = columnOf(chunk, 4, DuckDBVarCharVector);
    const probabilities = columnOf(chunk, 5, DuckDBDoubleVector);
    const arms = columnOf(chunk, 6, DuckDBVarCharVector);
    const times = columnOf(chunk, 7, DuckDBDoubleVector);
    const outcomes = columnOf(chunk, 8, DuckDBBooleanVector);
    for (let row = 0; row < chunk.rowCount; row++) {
      const entry = unreadable.attempt(
        () => ({
          place: "ledger",
          key: `${snapshots.getItem(row)}/${versions.getItem(row)}/${roles.getItem(row)}`,
          userId: users.getItem(row) ?? undefined,
        }),
        (): JudgedEntry => ({
          userId: present(users.getItem(row), "user_id"),
          snapshot: aDay(snapshots.getItem(row), "snapshot"),
          modelVersion: present(versions.getItem(row), "model_version"),
          role: roleSchema.parse(roles.getItem(row)),
          state: stateSchema.parse(states.getItem(row)),
          probability: finite(probabilities.getItem(row), "probability"),
          arm: arm.parse(arms.getItem(row)) ?? undefined,
          recordedAt: present(times.getItem(row), "recorded"),
          churned: outcomes.getItem(row) ?? undefined,
        }),
      );
      if (entry !== undefined) yield entry;
    }
  }
}

const arm = armSchema.nullable();
