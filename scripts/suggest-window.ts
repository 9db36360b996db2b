import type { ChurnSettings } from "#churn/definition.ts";
import { InvalidInput } from "#churn/failure.ts";
import { ownHistory } from "#churn/passive.ts";
import { longestSuggested, Pauses, suggestChurnDays } from "#churn/suggest-churn-days.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";

export interface SuggestedWindow {
  /** Length of the churn window. */
  readonly days: number;
  /** Why, in words. */
  readonly because: string;
}

/**
 * A churn window for the log, from how long its users pause; where they leave by an action, which pauses do not tell,
 * the usual one. Throws InvalidInput for a log without actions of users.
 */
export async function suggestWindow(
  actions: Pick<ActionStore, "extent" | "histories">,
  { action, passive }: Pick<ChurnSettings, "action" | "passive"> = {},
): Promise<SuggestedWindow> {
  const extent = await actions.extent(passive);
  if (extent === undefined) throw new InvalidInput("The log holds no actions of users.");
  const length = extent.lastDay - extent.firstDay + 1;
  const pauses = new Pauses();
  if (action !== undefined) {
    const days = suggestChurnDays(pauses, length);
    return { days, because: `for “${action}”, users are watched for ${days} days at a time` };
  }
  for await (const history of actions.histories()) pauses.add(ownHistory(history, passive));
  const days = suggestChurnDays(pauses, length);
  if (pauses.isEmpty) return { days, because: "no user in this log has come back on another day" };
  const ended = Math.floor(100 * pauses.endedWithin(days));
  const because = `${ended} % of the pauses in this log ended sooner`;
  if (pauses.areTelling(days)) return { days, because };
  const limit = days < longestSuggested ? "the log is too short for a longer one" : "no longer one is suggested";
  return { days, because: `only ${because}, but ${limit}` };
}
