import { join } from "node:path";
import type { ActionLog } from "../stores/actions/action-log.ts";
import { DuckDbActionLog } from "../stores/actions/duckdb-action-log.ts";
import type { DeadLetters } from "../stores/dead-letters/dead-letters.ts";
import { DirectoryDeadLetters } from "../stores/dead-letters/directory-dead-letters.ts";
import { openDuckDb } from "../stores/duckdb/database.ts";
import { DuckDbFeatureStore } from "../stores/features/duckdb-feature-store.ts";
import type { FeatureStore } from "../stores/features/feature-store.ts";
import { DirectoryRegistry } from "../stores/models/directory-registry.ts";
import type { ModelRegistry } from "../stores/models/model-registry.ts";

export interface Stores {
  readonly log: ActionLog;
  readonly features: FeatureStore;
  readonly registry: ModelRegistry;
  readonly deadLetters: DeadLetters;
  close(): Promise<void>;
}

/**
 * Opens the stores that need no server: a DuckDB file, and folders for models and dead letters, all under `dataDir`,
 * which is made where it is missing. Throws a Failure when another process holds the file.
 */
export async function openEmbeddedStores(dataDir: string, now: () => number): Promise<Stores> {
  const database = await openDuckDb(join(dataDir, "lapse.duckdb"));
  return {
    log: await DuckDbActionLog.open(database, { now }),
    features: await DuckDbFeatureStore.open(database),
    registry: await DirectoryRegistry.open(join(dataDir, "models"), { now }),
    deadLetters: new DirectoryDeadLetters(join(dataDir, "dead-letters")),
    close: () => database.close(),
  };
}
