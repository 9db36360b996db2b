import type { Stores } from "#stores/open-stores.ts";
import { setUpStores } from "#stores/open-stores.ts";
import type { StoreOptions } from "#stores/store-options.ts";
import { prepareDataFolder } from "./data-folder.ts";
import { askedSources } from "./fill-log.ts";
import type { StartFlags } from "./flags.ts";
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

/** Opens the stores, once it is sure that the log asked for may go there. Throws a Failure otherwise. */
export async function openLogHome(options: StoreOptions, flags: StartFlags, now: () => number): Promise<LogHome> {
  const { elasticsearch, dataDir } = options;
  const asked = askedSources(flags.choice);
  if (elasticsearch === undefined) {
    const saved = await prepareDataFolder(dataDir, asked, flags.add, now());
    const stores = await setUpStores(options, now);
    // Not closed where it fails, which would write into what is damaged.
    await stores.verify();
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
