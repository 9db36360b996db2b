import { databaseIn } from "#stores/connections/connections.ts";
import type { StoreOptions } from "#stores/store-options.ts";
import { isDatabaseAt } from "../log/load/place-actions.ts";
import type { Log } from "../log/log.ts";
import { faultOfOptions } from "../terminal/churn-options.ts";
import { askedSources } from "./fill-log.ts";
import type { StartFlags } from "./flags.ts";
import { churnActionsOf, restoreSettings, type SavedSettings, sourcesOf, writeSettings } from "./settings.ts";

/**
 * Makes a log that was read the database of a data folder that has none, and returns whether it did. What it is of is written down
 * first, so that a start that was cut short is taken up by the next one.
 */
export async function placeLog(
  log: Log,
  { dataDir, room }: StoreOptions,
  flags: Pick<StartFlags, "choice" | "churn">,
  saved: SavedSettings | undefined,
): Promise<boolean> {
  // Of options that are at fault fillLog tells, and stores nothing.
  if (log.staged?.place === undefined || faultOfOptions(churnActionsOf(flags.churn, saved?.churn)) !== undefined)
    return false;
  const path = databaseIn(dataDir);
  if (await isDatabaseAt(path)) return false;
  await room?.requireDisk();
  await writeSettings(dataDir, { sources: sourcesOf(saved, askedSources(flags.choice)), churn: saved?.churn });
  let isPlaced = false;
  try {
    isPlaced = await log.staged.place(path);
    return isPlaced;
  } finally {
    // With a database that another process has made meanwhile, the settings are that one's.
    if (!isPlaced && !(await isDatabaseAt(path))) await restoreSettings(dataDir, saved);
  }
}
