import * as z from "zod";
import type { KeptDeadLetter } from "#stores/dead-letters/dead-letters.ts";
import type { Stores } from "#stores/open-stores.ts";

/** How much of each kind was deleted. */
export interface Erasure {
  readonly actions: number;
  readonly userDays: number;
  readonly features: number;
  readonly scores: number;
  readonly ledgerEntries: number;
  readonly outcomes: number;
  readonly assignments: number;
  readonly contacts: number;
  readonly optOuts: number;
  readonly deadLetters: number;
}

/** Deletes everything that lapse stores about these users. Returns how much that was: all 0 if nothing was left. */
export async function eraseUsers(
  userIds: readonly string[],
  { actions, features, ledger, campaigns, contacts, deadLetters }: Omit<Stores, "models" | "close">,
): Promise<Erasure> {
  // Actions first: what is computed from them could otherwise be computed again.
  const erased = await actions.erase(userIds);
  const computed = await features.erase(userIds);
  const { entries: ledgerEntries, outcomes } = await ledger.erase(userIds);
  const assignments = await campaigns.erase(userIds);
  const sent = await contacts.erase(userIds);
  const users = new Set(userIds);
  const letters = (await deadLetters.list()).filter((letter) => isOf(letter, users));
  for (const letter of letters) await deadLetters.remove(letter);
  return { ...erased, ...computed, ledgerEntries, outcomes, assignments, ...sent, deadLetters: letters.length };
}

/** The subject of an action's event is its user; a rejected body may name one too. */
function isOf({ event }: KeptDeadLetter, users: ReadonlySet<string>): boolean {
  if (event.subject !== undefined && users.has(event.subject)) return true;
  const named = namedUser.safeParse(event.data);
  return named.success && users.has(String(named.data.user_id));
}

const namedUser = z.object({ user_id: z.union([z.string(), z.number()]) });
