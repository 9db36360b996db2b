import * as z from "zod";
import type { LapseEvent } from "#runtime/events.ts";
import type { Stores } from "#stores/open-stores.ts";
import { asStored } from "./read-ids.ts";

/** How much of each kind was deleted. */
export interface Erasure {
  readonly actions: number;
  readonly userDays: number;
  readonly features: number;
  readonly scores: number;
  readonly listed: number;
  readonly ledgerEntries: number;
  readonly outcomes: number;
  readonly assignments: number;
  readonly contacts: number;
  readonly optOuts: number;
  readonly deadLetters: number;
  /** Events that waited for their delivery. */
  readonly waiting: number;
}

/** The stores that hold something about users. */
export type ErasableStores = Pick<
  Stores,
  "actions" | "features" | "users" | "ledger" | "campaigns" | "contacts" | "deadLetters"
>;

/** Deletes everything that lapse stores about these users. Returns how much that was: all 0 if nothing was left. */
export async function eraseUsers(
  userIds: readonly string[],
  { actions, features, users: list, ledger, campaigns, contacts, deadLetters }: ErasableStores,
): Promise<Omit<Erasure, "waiting">> {
  // Actions first: what is computed from them could otherwise be computed again.
  const erased = await actions.erase(userIds);
  const computed = await features.erase(userIds);
  const listed = await list.erase(userIds);
  const { entries: ledgerEntries, outcomes } = await ledger.erase(userIds);
  const assignments = await campaigns.erase(userIds);
  const sent = await contacts.erase(userIds);
  const users = new Set(userIds);
  const letters = (await deadLetters.list()).filter(({ event }) => isOf(event, users));
  for (const letter of letters) await deadLetters.remove(letter);
  return { ...erased, ...computed, listed, ledgerEntries, outcomes, assignments, ...sent, deadLetters: letters.length };
}

export function isEmpty(erasure: Erasure): boolean {
  return Object.values(erasure).every((count) => count === 0);
}

export function sumOf(a: Erasure, b: Erasure): Erasure {
  return {
    actions: a.actions + b.actions,
    userDays: a.userDays + b.userDays,
    features: a.features + b.features,
    scores: a.scores + b.scores,
    listed: a.listed + b.listed,
    ledgerEntries: a.ledgerEntries + b.ledgerEntries,
    outcomes: a.outcomes + b.outcomes,
    assignments: a.assignments + b.assignments,
    contacts: a.contacts + b.contacts,
    optOuts: a.optOuts + b.optOuts,
    deadLetters: a.deadLetters + b.deadLetters,
    waiting: a.waiting + b.waiting,
  };
}

/** Whether an event is about one of these users: the subject of an action's event is its user, and a body may name one or a list of them. */
export function isOf({ subject, data }: Pick<LapseEvent, "subject" | "data">, users: ReadonlySet<string>): boolean {
  if (subject !== undefined && users.has(asStored(subject))) return true;
  const isNamed = (one: unknown) => {
    const named = namedUser.safeParse(one);
    return named.success && users.has(asStored(String(named.data.user_id)));
  };
  // The list of a campaign, and those whom a digest names.
  const lists = listsOfUsers.safeParse(data).data ?? {};
  return isNamed(data) || [...(lists.users ?? []), ...(lists.top ?? [])].some(isNamed);
}

const namedUser = z.object({ user_id: z.union([z.string(), z.number()]) });
const listsOfUsers = z.object({ users: z.array(z.unknown()).optional(), top: z.array(z.unknown()).optional() });
