import * as z from "zod";
import type { Scratch } from "../scratch.ts";

/** What ids of one user may differ in, by SQL of `user_id`. */
interface Difference {
  readonly by: string;
  /** Whether an id may be one of several forms: most logs have no such ids at all, which is quicker to tell. */
  readonly mayBe: string;
  /** What the forms have in common. */
  readonly key: string;
  /** Of which ids. */
  readonly of?: string;
}

const differences: readonly Difference[] = [
  { by: "capitals", mayBe: "user_id <> lower(user_id)", key: "lower(user_id)" },
  {
    by: "leading zeros",
    mayBe: "starts_with(user_id, '0')",
    key: "ltrim(user_id, '0')",
    of: "regexp_full_match(user_id, '0*[1-9][0-9]*')",
  },
  {
    by: "characters that do not show, or in how letters with marks are written",
    mayBe: "strlen(user_id) <> length(user_id)",
    key: "nfc_normalize(regexp_replace(user_id, '\\p{Cf}', '', 'g'))",
  },
  {
    by: "marks between thousands",
    mayBe: "regexp_full_match(user_id, '[0-9]{1,3}([,.][0-9]{3})+')",
    key: "replace(replace(user_id, ',', ''), '.', '')",
    of: "regexp_full_match(user_id, '[0-9]{1,3}([,.][0-9]{3})*|[0-9]+')",
  },
  { by: "braces around them", mayBe: "starts_with(user_id, '{')", key: "trim(user_id, '{}')" },
];

/** What is said of users whose ids differ in little: they may be one, and are taken for several. */
export async function alikeNotes(name: string, scratch: Scratch): Promise<string[]> {
  const [areThere] = await scratch.row(
    `SELECT [${differences.map(({ mayBe }) => `EXISTS (FROM users WHERE ${mayBe})`).join(", ")}]`,
    z.tuple([z.array(z.boolean())]),
  );
  const notes: string[] = [];
  for (const difference of differences.filter((_, at) => areThere[at])) {
    const pair = await pairOf(difference, scratch);
    if (pair !== undefined) notes.push(sentence(name, pair, difference.by));
  }
  return notes;
}

interface Pair {
  readonly count: number;
  readonly one: string;
  readonly other: string;
}

async function pairOf({ key, of = "true" }: Difference, scratch: Scratch): Promise<Pair | undefined> {
  const [found] = await scratch.rows(
    `SELECT count(*) OVER ()::DOUBLE, ids[1], ids[2] FROM (
       SELECT min(user_id, 2) AS ids FROM users WHERE ${of} GROUP BY ${key} HAVING count(*) > 1) ORDER BY ids[1] LIMIT 1`,
    z.tuple([z.number(), z.string(), z.string()]),
  );
  return found === undefined ? undefined : { count: found[0], one: found[1], other: found[2] };
}

function sentence(name: string, { count, one, other }: Pair, by: string): string {
  const ids = count === 1 ? "an id" : `${count.toLocaleString("en")} ids`;
  return `${name} has ${ids} in forms that differ only in ${by}, such as "${one}" and "${other}": each form is a user of its own.`;
}
