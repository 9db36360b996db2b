import { formatDay } from "#churn/day.ts";
import { formatCounted } from "#pages/format.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import type { SavedSettings } from "./settings.ts";

/** What a start goes on with, in one line. */
export async function describeLog(
  store: Pick<ActionStore, "extent">,
  saved: SavedSettings | undefined,
): Promise<string> {
  const extent = await store.extent(saved?.churn?.passive);
  if (extent === undefined) return "No actions are stored yet.";
  const days = `${formatDay(extent.firstDay)} to ${formatDay(extent.lastDay)}`;
  const outside =
    extent.outside === undefined
      ? ""
      : `; ${extent.outside.toLocaleString("en")} of them ${extent.outside === 1 ? "lies" : "lie"} outside these days, as of wrong clocks`;
  const sources = saved === undefined ? "" : ` (${saved.sources.join(", ")})`;
  return `Using what is stored: ${formatCounted(extent.actions, "action")} of ${formatCounted(extent.users, "user")}, ${days}${outside}${sources}.`;
}
