import type { ChurnSettings } from "#churn/definition.ts";
import { InvalidInput } from "#churn/failure.ts";
import { fewestDays } from "#churn/training/split.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { suggestWindow } from "../suggest-window.ts";

const usualWindow = 90;

/** Lengths in days; `asked` is the churn window, undefined where none was asked for. */
interface AskedWindow {
  readonly asked: number | undefined;
  readonly leadDays: number;
}

/**
 * The churn window that was asked for, or the usual one; for a log too short for that, the one that `npm start` would
 * choose, which is told. Throws InvalidInput, with that suggestion, for a log too short for what was asked for.
 */
export async function windowFor(
  actions: Pick<ActionStore, "extent" | "histories">,
  { asked, leadDays }: AskedWindow,
  kinds: Pick<ChurnSettings, "action" | "passive">,
  tell: (line: string) => void,
): Promise<number> {
  const churnDays = asked ?? usualWindow;
  const extent = await actions.extent(kinds.passive);
  const length = extent === undefined ? 0 : extent.lastDay + 1 - extent.firstDay;
  if (extent === undefined || length >= fewestDays({ churnDays, leadDays })) return churnDays;
  const { days: suggested, because } = await suggestWindow(actions, kinds);
  const tooShort = `The log covers ${length} days, too few for a churn window of ${churnDays} days`;
  if (asked !== undefined)
    throw new InvalidInput(`${tooShort}. npm start would choose ${suggested}: --churn-days ${suggested} (${because}).`);
  tell(`${tooShort}. Taking ${suggested}, as npm start would (${because}); --churn-days changes it.`);
  return suggested;
}
