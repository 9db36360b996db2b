import { type Day, formatDay } from "#churn/day.ts";
import type { Stores } from "#stores/open-stores.ts";

/** The first days that are kept. */
export interface Kept {
  /** Of actions, and of what belongs to campaigns that ended earlier. */
  readonly actionsFrom: Day;
  readonly ledgerFrom: Day;
}

/** Deletes the months before those that are kept. Returns a line about each store. */
export async function dropMonths(
  { actions, ledger, campaigns, contacts }: Pick<Stores, "actions" | "ledger" | "campaigns" | "contacts">,
  { actionsFrom, ledgerFrom }: Kept,
): Promise<string[]> {
  const dropped = await actions.dropMonthsBefore(actionsFrom);
  const { entries, outcomes } = await ledger.dropMonthsBefore(ledgerFrom);
  const assignments = await campaigns.dropMonthsBefore(actionsFrom);
  const sent = await contacts.dropMonthsBefore(actionsFrom);
  const count = (number: number) => number.toLocaleString("en");
  return [
    `Deleted ${count(dropped.actions)} actions and ${count(dropped.userDays)} user-days before ${formatDay(actionsFrom)}.`,
    `Deleted ${count(entries)} ledger entries and ${count(outcomes)} outcomes before ${formatDay(ledgerFrom)}.`,
    `Deleted ${count(assignments)} assignments to campaigns that ended before ${formatDay(actionsFrom)}, and ${count(sent)} contacts before it.`,
  ];
}
