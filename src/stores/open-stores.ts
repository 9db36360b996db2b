import type { ActionLog } from "./actions/action-store.ts";
import type { DeadLetters } from "./dead-letters/dead-letters.ts";
import type { FeatureStore } from "./features/feature-store.ts";
import type { ModelRegistry } from "./models/model-store.ts";
import { StoreConnections } from "./store-connections.ts";
import type { StoreOptions } from "./store-options.ts";

/** Every store of lapse. */
export interface Stores {
  readonly log: ActionLog;
  readonly features: FeatureStore;
  readonly registry: ModelRegistry;
  readonly deadLetters: DeadLetters;
  close(): Promise<void>;
}

/** Opens all of them; see StoreConnections. */
export async function openStores(options: StoreOptions, now: () => number): Promise<Stores> {
  const connections = new StoreConnections(options, now);
  return {
    log: await connections.actionLog(),
    features: await connections.featureStore(),
    registry: await connections.modelRegistry(),
    deadLetters: await connections.deadLetters(),
    close: () => connections.close(),
  };
}
