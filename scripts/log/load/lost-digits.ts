import * as z from "zod";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import type { Plan } from "./plan.ts";
import { faults, gatherUsers } from "./stage.ts";

/**
 * Numbers of which a program has thrown digits away: a spreadsheet shows six of twelve or more (7.38530E+17), and a double
 * holds none beyond 2^53 (7.385295279312694e+17, 7.385295279312694E17, 9007199254740993.0).
 */
const lostDigits = [
  "[1-9](?:[.,][0-9]{1,5})?[eE][+](?:1[1-9]|[2-9][0-9])",
  "[1-9](?:[.,][0-9]+)?[eE][+](?:1[6-9]|[2-9][0-9])",
  "[1-9][.,][0-9]+[eE](?:1[6-9]|[2-9][0-9])",
  "(?:[0-9]{17,}|(?:900[7-9]|90[1-9][0-9]|9[1-9][0-9]{2})[0-9]{12})[.]0+",
].join("|");
/** What they have at most, by which the others need not be looked at closely. */
const longestNumber = 30;

/** Numbers of 16 digits and more, of which a spreadsheet keeps 15 and JavaScript 17 at most: the others become zeros. */
const longNumber = "[0-9]{16,19}";
/** From this many such ids on it is no chance that all end with a zero. */
const leastLong = 10;

/** Above this share of the rows an id column is not what it was. */
export const mostLost = 0.01;

/** The share of the staged actions whose own id has lost digits. */
export async function shareOfLostIds({ columns }: Plan, scratch: Scratch): Promise<number> {
  if (columns.id === undefined) return 0;
  const [lost, rows] = await scratch.row(
    `SELECT count(*) FILTER (${isLost("event_id")})::DOUBLE, count(*)::DOUBLE FROM staged WHERE reason IS NULL`,
    z.tuple([z.number(), z.number()]),
  );
  return lost / Math.max(1, rows);
}

/**
 * Rejects the staged actions whose user or id has lost digits: several users, or several actions, would be one. `lostIds` is the share
 * of those whose id has.
 */
export async function rejectLostDigits(lostIds: number, scratch: Scratch): Promise<void> {
  const [lost, long, zeros] = await scratch.row(
    `SELECT count(*) FILTER (${isLost("user_id")})::DOUBLE, count(*) FILTER (${isLong})::DOUBLE,
       count(*) FILTER (${isLong} AND ends_with(user_id, '0'))::DOUBLE FROM users`,
    z.tuple([z.number(), z.number(), z.number()]),
  );
  const isRounded = long >= leastLong && zeros === long;
  const conditions = [
    ...(lost > 0 ? [isLost("user_id")] : []),
    ...(isRounded ? [isLong] : []),
    ...(lostIds > 0 ? [`coalesce(${isLost("event_id")}, false)`] : []),
  ];
  if (conditions.length === 0) return;
  await scratch.run(
    `UPDATE staged_rows SET reason = ${literal(faults.lostDigits)} WHERE reason IS NULL AND (${conditions.join(" OR ")})`,
  );
  await gatherUsers(scratch);
}

const isLong = `(strlen(user_id) <= 19 AND regexp_full_match(user_id, ${literal(longNumber)}))`;

function isLost(text: string): string {
  return `(strlen(${text}) <= ${longestNumber} AND (contains(${text}, 'E') OR contains(${text}, 'e') OR ends_with(${text}, '.0'))
    AND regexp_full_match(${text}, ${literal(lostDigits)}))`;
}
