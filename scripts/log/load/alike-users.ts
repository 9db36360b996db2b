import * as z from "zod";
import type { Scratch } from "../scratch.ts";

/** What is said of users whose ids differ only in capitals or leading zeros: they may be one, and are taken for several. */
export async function alikeNotes(name: string, scratch: Scratch): Promise<string[]> {
  // Most logs have no such ids at all, which is quicker to tell.
  const [hasCapitals, hasZeros] = await scratch.row(
    "SELECT EXISTS (FROM users WHERE user_id <> lower(user_id)), EXISTS (FROM users WHERE starts_with(user_id, '0'))",
    z.tuple([z.boolean(), z.boolean()]),
  );
  const isNumber = "regexp_full_match(user_id, '0*[1-9][0-9]*')";
  const byCapitals = hasCapitals ? await pairOf("lower(user_id)", "true", scratch) : undefined;
  const byZeros = hasZeros ? await pairOf("ltrim(user_id, '0')", isNumber, scratch) : undefined;
  return [
    ...(byCapitals === undefined ? [] : [sentence(name, byCapitals, "capitals")]),
    ...(byZeros === undefined ? [] : [sentence(name, byZeros, "leading zeros")]),
  ];
}

interface Pair {
  readonly count: number;
  readonly one: string;
  readonly other: string;
}

async function pairOf(key: string, condition: string, scratch: Scratch): Promise<Pair | undefined> {
  const [found] = await scratch.rows(
    `SELECT count(*) OVER ()::DOUBLE, ids[1], ids[2] FROM (
       SELECT min(user_id, 2) AS ids FROM users WHERE ${condition} GROUP BY ${key} HAVING count(*) > 1) ORDER BY ids[1] LIMIT 1`,
    z.tuple([z.number(), z.string(), z.string()]),
  );
  return found === undefined ? undefined : { count: found[0], one: found[1], other: found[2] };
}

function sentence(name: string, { count, one, other }: Pair, by: string): string {
  const ids = count === 1 ? "an id" : `${count.toLocaleString("en")} ids`;
  return `${name} has ${ids} in forms that differ only in ${by}, such as "${one}" and "${other}": each form is a user of its own.`;
}
