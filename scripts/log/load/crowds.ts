import * as z from "zod";
import type { Scratch } from "../scratch.ts";

/** A user id with its actions. */
interface User {
  readonly id: string;
  readonly actions: number;
}

/**
 * What is said of ids that are hardly one person: a few that have by far more actions than any other, as `anonymous`, `0` or
 * a test account does that everybody without a login, or a program, acts under.
 */
export async function crowdNotes(name: string, scratch: Scratch): Promise<string[]> {
  const rows = await scratch.rows(
    `SELECT user_id, actions::DOUBLE, (SELECT sum(actions) FROM users)::DOUBLE, (SELECT count(*) FROM users)::DOUBLE
     FROM users ORDER BY actions DESC, user_id LIMIT ${mostCrowds + 1}`,
    z.tuple([z.string(), z.number(), z.number(), z.number()]),
  );
  const [, , all = 0, count = 0] = rows[0] ?? [];
  if (count < fewestUsers) return [];
  const crowds = crowdsAmong(rows.map(([id, actions]) => ({ id, actions })));
  return crowds.reduce((sum, { actions }) => sum + actions, 0) < leastShare * all
    ? []
    : [sentence(name, crowds, all, rows[crowds.length]?.[1] ?? 1)];
}

/** How many ids may stand for many people each, at most. */
const mostCrowds = 5;
/** Of fewer users nothing can be said. */
const fewestUsers = 20;
/** What such ids have, together, of all actions; less is not worth a word. */
const leastShare = 0.05;
/** How often the actions of the next user such ids have: in logs of contributors and shops the first has two or three times as many. */
const leap = 10;

/** Those before the last great leap, of users in the order of their actions, the busiest first. */
function crowdsAmong(users: readonly User[]): readonly User[] {
  const last = users.findLastIndex(({ actions }, i) => actions >= leap * (users[i + 1]?.actions ?? actions));
  return users.slice(0, last + 1);
}

function sentence(name: string, crowds: readonly User[], all: number, next: number): string {
  const ids = crowds.map(({ id, actions }) => `"${id}" (${Math.round((100 * actions) / all)} %)`).join(", ");
  const times = Math.floor((crowds.at(-1)?.actions ?? 0) / next).toLocaleString("en");
  const isOne = crowds.length === 1;
  return `${name} ${ids} ${isOne ? "has" : "have"} ${times} times as many actions ${isOne ? "" : "each "}as any other user: hardly one person. Kept as ${isOne ? "a user" : "users"}; leave such rows out if they are nobody's in particular.`;
}
