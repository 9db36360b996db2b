import * as z from "zod";
import { bulkOf } from "#churn/bulk.ts";
import { startOf } from "#churn/day.ts";
import { oldestMilliseconds } from "#churn/intake/read-time.ts";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { faults, gatherUsers } from "./stage.ts";

/**
 * Rejects the staged actions before `oldest`, in milliseconds. Unless that is given, they are those more than ten years older
 * than the bulk of the log: a log may be long, but a few clocks that were never set must not make a month of each.
 */
export async function refuseOld(oldest: number | undefined, scratch: Scratch): Promise<void> {
  const [first, last] = await scratch.row(
    "SELECT min(first)::DOUBLE, max(last)::DOUBLE FROM users",
    z.tuple([z.number().nullable(), z.number().nullable()]),
  );
  if (first === null || last === null) return;
  if (oldest === undefined && last - first <= oldestMilliseconds) return;
  const limit = oldest ?? (await startOfBulk(scratch)) - oldestMilliseconds;
  if (first >= limit) return;
  await scratch.run(`UPDATE staged_rows SET reason = ${literal(faults.old)} WHERE reason IS NULL AND time < ${limit}`);
  await gatherUsers(scratch);
}

async function startOfBulk(scratch: Scratch): Promise<number> {
  const days = await scratch.rows(
    "SELECT day::DOUBLE, count(*)::DOUBLE FROM staged WHERE reason IS NULL GROUP BY day",
    z.tuple([z.number(), z.number()]),
  );
  return startOf(bulkOf(days.map(([day, actions]) => ({ day, actions })))?.firstDay ?? 0);
}
