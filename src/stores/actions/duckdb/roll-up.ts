import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { mostValue } from "#churn/intake/number.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import type { RollUp } from "../action-store.ts";

/**
 * Recounts every (user, day, action) that has an action of the user's own in a batch after the last roll-up. Must run in a transaction,
 * one at a time: either everything is stored together with its watermark, or nothing.
 */
export async function rollUp(connection: DuckDBConnection): Promise<RollUp> {
  const after = await lastRolledUp(connection);
  await connection.run(`
    INSERT INTO action_names
    SELECT row_number() OVER (ORDER BY name) - 1 + (SELECT count(*) FROM action_names), name
    FROM (SELECT DISTINCT action AS name FROM actions WHERE batch > ${after} AND NOT passive) WHERE name NOT IN (SELECT name FROM action_names)`);
  let userDays = 0;
  for (const span of await touchedSpans(connection, after)) userDays += await rollUpSpan(connection, span, after);
  const [users] = await readRows(
    await connection.run(`SELECT count(DISTINCT user_id)::DOUBLE FROM actions WHERE batch > ${after} AND NOT passive`),
    z.tuple([z.number()]),
  );
  await connection.run("UPDATE rolled_up SET batch = greatest(batch, (SELECT max(batch) FROM actions))");
  return { userDays, users: users?.[0] ?? 0 };
}

interface Span {
  /** Months since January 1970, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Whether any of its user-days are already stored. */
  readonly known: boolean;
}

/** How many actions are grouped at a time, so that the memory of a first roll-up does not grow with the log. */
const spanActions = 2_000_000;

/** Months with new actions; neighbours are joined up to `spanActions`. */
async function touchedSpans(connection: DuckDBConnection, after: number): Promise<Span[]> {
  const months = await readRows(
    await connection.run(`
      SELECT month, count(*)::DOUBLE, min(batch) <= ${after} FROM actions WHERE NOT passive GROUP BY month
      HAVING max(batch) > ${after} ORDER BY month`),
    z.tuple([z.int(), z.number(), z.boolean()]),
  );
  const spans: Span[] = [];
  let actions = 0;
  for (const [month, count, known] of months) {
    const last = spans.at(-1);
    actions += count;
    if (last && last.to === month - 1 && last.known === known && actions <= spanActions) {
      spans[spans.length - 1] = { ...last, to: month };
    } else {
      spans.push({ from: month, to: month, known });
      actions = count;
    }
  }
  return spans;
}

async function rollUpSpan(connection: DuckDBConnection, span: Span, after: number): Promise<number> {
  // fsum compensates for rounding, so that the sum does not depend on the order of the actions. Values that were stored before
  // they had a bound are held to it, because a sum that overflows would end the run for everyone.
  const bounded = `CASE WHEN value > ${mostValue} THEN ${mostValue} WHEN value < -${mostValue} THEN -${mostValue} ELSE value END`;
  const userDays = `
    SELECT bucket, user_id, month, day, names.action AS action, count(*) AS count, coalesce(fsum(${bounded}), 0) AS value
    FROM actions JOIN action_names names ON names.name = actions.action
    WHERE month BETWEEN ${span.from} AND ${span.to} AND NOT passive
    GROUP BY bucket, user_id, month, day, names.action HAVING max(batch) > ${after}`;
  // In the order in which histories are read, so that a range of buckets is contiguous.
  const order = "ORDER BY bucket, user_id, day, action";
  if (!span.known) {
    const inserted = await connection.run(`INSERT INTO user_days ${userDays} ${order}`);
    return inserted.rowsChanged;
  }
  await connection.run(`CREATE OR REPLACE TEMP TABLE touched AS ${userDays}`);
  await connection.run(`
    DELETE FROM user_days old USING touched
    WHERE old.month BETWEEN ${span.from} AND ${span.to} AND old.user_id = touched.user_id AND old.day = touched.day
      AND old.action = touched.action`);
  const inserted = await connection.run(`INSERT INTO user_days FROM touched ${order}`);
  await connection.run("DROP TABLE touched");
  return inserted.rowsChanged;
}

async function lastRolledUp(connection: DuckDBConnection): Promise<number> {
  const [row] = await readRows(await connection.run("SELECT batch FROM rolled_up"), z.tuple([z.int()]));
  if (!row) throw new TypeError("The table rolled_up is empty");
  return row[0];
}
