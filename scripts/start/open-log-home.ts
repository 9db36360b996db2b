import type { Stores } from "#stores/open-stores.ts";
import { setUpStores } from "#stores/open-stores.ts";
import type { StoreOptions } from "#stores/store-options.ts";
import type { Log } from "../log/log.ts";
import { prepareDataFolder } from "./data-folder.ts";
import { askedSources } from "./fill-log.ts";
import type { StartFlags } from "./flags.ts";
import { placeLog } from "./place-log.ts";
import { prepareServerLog, serverLogFolder } from "./server-log.ts";
import type { SavedSettings } from "./settings.ts";

/** Where the log is that a start works on. */
export interface LogHome {
  readonly stores: Stores;
  /** Holds the settings of this log. */
  readonly folder: string;
  /** Undefined when nothing is known of the log yet. */
  readonly saved: SavedSettings | undefined;
}

/**
 * Opens the stores, once it is sure that the log asked for may go there. Throws a Failure otherwise. Where there is no embedded
 * database yet, `opened`, the log that was read, becomes it.
 */
export async function openLogHome(
  options: StoreOptions,
  flags: StartFlags,
  opened: Log | undefined,
  now: () => number,
): Promise<LogHome> {
  const { elasticsearch, dataDir } = options;
  const asked = askedSources(flags.choice);
  if (elasticsearch === undefined) {
    const saved = await prepareDataFolder(dataDir, asked, flags.add, now());
    const isPlaced = opened !== undefined && (await placeLog(opened, options, flags, saved));
    const stores = await setUpStores(options, now);
    // What was written just now is not read again. Not closed where it fails, which would write into what is damaged.
    if (!isPlaced) await stores.verify();
    return { stores, folder: dataDir, saved };
  }
  const folder = await serverLogFolder(dataDir, elasticsearch);
  const stores = await setUpStores(options, now);
  try {
    return { stores, folder, saved: await prepareServerLog(folder, asked, flags.add, stores.actions) };
  } catch (error) {
    await stores.close();
    throw error;
  }
}
