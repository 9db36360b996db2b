import { type Day, formatDay } from "#churn/day.ts";
import { formatCounted } from "#pages/format.ts";
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
  return [
    `Deleted ${formatCounted(dropped.actions, "action")} and ${formatCounted(dropped.userDays, "user-day")} before ${formatDay(actionsFrom)}.`,
    `Deleted ${formatCounted(entries, "ledger entry", "ledger entries")} and ${formatCounted(outcomes, "outcome")} before ${formatDay(ledgerFrom)}.`,
    `Deleted ${formatCounted(assignments, "assignment")} to campaigns that ended before ${formatDay(actionsFrom)}, and ${formatCounted(sent, "contact")} before it.`,
  ];
}
