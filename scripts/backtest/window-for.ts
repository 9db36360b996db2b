import type { ChurnSettings } from "#churn/definition.ts";
import { InvalidInput } from "#churn/failure.ts";
import { fewestDays } from "#churn/training/split.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { suggestWindow } from "../suggest-window.ts";

/** What logs are compared by, whose users come at different intervals. */
const usualWindow = 90;

/** Lengths in days; `asked` is the churn window, undefined where none was asked for. */
interface AskedWindow {
  readonly asked: number | undefined;
  readonly leadDays: number;
}

/**
 * The churn window that was asked for, or the usual one; for a log too short for that, the one that `npm start` would choose. What that
 * is is told wherever nothing was asked for and it is another. Throws InvalidInput, with that suggestion, for a log too short for what was
 * asked for.
 */
export async function windowFor(
  actions: Pick<ActionStore, "extent" | "histories">,
  { asked, leadDays }: AskedWindow,
  kinds: Pick<ChurnSettings, "action" | "passive">,
  tell: (line: string) => void,
): Promise<number> {
  const churnDays = asked ?? usualWindow;
  const extent = await actions.extent(kinds.passive);
  if (extent === undefined) return churnDays;
  const length = extent.lastDay + 1 - extent.firstDay;
  const isLongEnough = length >= fewestDays({ churnDays, leadDays });
  if (isLongEnough && asked !== undefined) return asked;
  const { days, because } = await suggestWindow(actions, kinds);
  if (isLongEnough) {
    if (days !== churnDays)
      tell(
        `A churn window of ${churnDays} days. npm start would choose ${days} (${because}): --churn-days ${days} judges what it would serve.`,
      );
    return churnDays;
  }
  const tooShort = `The log covers ${length} days, too few for a churn window of ${churnDays} days`;
  if (asked !== undefined)
    throw new InvalidInput(`${tooShort}. npm start would choose ${days}: --churn-days ${days} (${because}).`);
  tell(`${tooShort}. Taking ${days}, as npm start would (${because}); --churn-days changes it.`);
  return days;
}
