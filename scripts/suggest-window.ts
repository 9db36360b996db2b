import { InvalidInput } from "#churn/failure.ts";
import { Pauses, suggestChurnDays } from "#churn/suggest-churn-days.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";

export interface SuggestedWindow {
  /** Length of the churn window. */
  readonly days: number;
  /** Why, in words. */
  readonly because: string;
}

/** A churn window for the log, from how long its users pause. Throws InvalidInput for an empty log. */
export async function suggestWindow(actions: Pick<ActionStore, "extent" | "histories">): Promise<SuggestedWindow> {
  const extent = await actions.extent();
  if (extent === undefined) throw new InvalidInput("The log holds no actions.");
  const pauses = new Pauses();
  for await (const history of actions.histories()) pauses.add(history);
  const days = suggestChurnDays(pauses, extent.lastDay - extent.firstDay + 1);
  const ended = Math.floor(100 * pauses.endedWithin(days));
  return { days, because: `${ended} % of the pauses in this log ended sooner` };
}
