import type * as z from "zod";
import type { Lapse } from "#local/lapse.ts";
import type { Logger } from "#runtime/logging.ts";
import type { Stores } from "#stores/open-stores.ts";
import type { StoreOptions } from "#stores/store-options.ts";
import packageJson from "../../package.json" with { type: "json" };
import { type CallServer, serveCalls } from "../call/serve-calls.ts";
import { type Commands, runCommand } from "../terminal/program.ts";
import type { startConfig } from "./config.ts";

/** How long commands that run may take to end once lapse is told to stop. */
export const commandMilliseconds = 5_000;

interface Started {
  readonly config: z.infer<typeof startConfig>;
  readonly storeOptions: StoreOptions;
  readonly stores: Stores;
  readonly lapse: Pick<Lapse, "work">;
  readonly logger: Logger;
  readonly commands: Commands;
}

/** Has a started lapse run the commands that need its database; undefined where it has none, as with Elasticsearch. */
export async function serveStarted(started: Started): Promise<CallServer | undefined> {
  const { config, storeOptions, stores, lapse, logger, commands } = started;
  if (storeOptions.elasticsearch !== undefined) return undefined;
  const { dataDir } = storeOptions;
  return serveCalls({
    dataDir,
    version: packageJson.version,
    stores,
    settings: { ...config, DATA_DIR: dataDir },
    work: lapse.work,
    run: (args, call) => runCommand(args, call, commands),
    logger,
    drainMilliseconds: commandMilliseconds,
  });
}
