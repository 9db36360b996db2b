import type { ChurnSettings } from "#churn/definition.ts";
import { InvalidInput } from "#churn/failure.ts";
import { fewestDays } from "#churn/training/split.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { suggestWindow } from "../suggest-window.ts";

/** Lengths in days; `asked` is the churn window, undefined where none was asked for. */
interface AskedWindow {
  readonly asked: number | undefined;
  readonly leadDays: number;
}

/**
 * The churn window that was asked for, or else the one that `npm start` would choose, which is told. Throws InvalidInput, with that
 * suggestion, for a log too short for what was asked for, and for one without actions of users.
 */
export async function windowFor(
  actions: Pick<ActionStore, "extent" | "histories">,
  { asked, leadDays }: AskedWindow,
  kinds: Pick<ChurnSettings, "action" | "passive">,
  tell: (line: string) => void,
): Promise<number> {
  if (asked === undefined) {
    const { days, because } = await suggestWindow(actions, kinds);
    tell(`A churn window of ${days} days, as npm start would choose (${because}; --churn-days changes it).`);
    return days;
  }
  const extent = await actions.extent(kinds.passive);
  const length = extent === undefined ? 0 : extent.lastDay + 1 - extent.firstDay;
  if (extent === undefined || length >= fewestDays({ churnDays: asked, leadDays })) return asked;
  const { days, because } = await suggestWindow(actions, kinds);
  throw new InvalidInput(
    `The log covers ${length} days, too few for a churn window of ${asked} days. npm start would choose ${days}: --churn-days ${days} (${because}).`,
  );
}
