import type { ActionStore } from "./actions/action-store.ts";
import type { Audit } from "./audit/audit.ts";
import type { BackedUp, BackUpOptions } from "./backup/back-up.ts";
import type { CampaignStore } from "./campaigns/campaign-store.ts";
import type { ContactStore } from "./contacts/contact-store.ts";
import type { DeadLetters } from "./dead-letters/dead-letters.ts";
import type { FeatureStore } from "./features/feature-store.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { ModelStore } from "./models/model-store.ts";
import type { RunStore } from "./runs/run-store.ts";
import { StoreConnections } from "./store-connections.ts";
import type { StoreOpener } from "./store-opener.ts";
import type { StoreOptions } from "./store-options.ts";
import type { UserList } from "./users/user-list.ts";

/** Every store of lapse. */
export interface Stores {
  readonly actions: ActionStore;
  readonly features: FeatureStore;
  readonly runs: RunStore;
  readonly models: ModelStore;
  readonly ledger: Ledger;
  readonly campaigns: CampaignStore;
  readonly contacts: ContactStore;
  readonly users: UserList;
  readonly deadLetters: DeadLetters;
  /** Throws StoreDamaged, saying what to do, if a part of the embedded database is damaged. */
  verify(): Promise<void>;
  readonly audit: Audit;
  /** Writes everything to a backup; see StoreConnections. */
  backUp(place: string, options: BackUpOptions): Promise<BackedUp>;
  close(): Promise<void>;
}

/** Sets up and opens every store; see StoreConnections.setUp. */
export async function setUpStores(options: StoreOptions, now: () => number): Promise<Stores> {
  const connections = new StoreConnections(options, now);
  try {
    await connections.setUp();
    return await openAll(connections);
  } catch (error) {
    await connections.close();
    throw error;
  }
}

async function openAll(connections: StoreConnections): Promise<Stores> {
  return {
    ...(await allStores(connections)),
    verify: () => connections.verify(),
    backUp: (place, options) => connections.backUp(place, options),
    close: () => connections.close(),
  };
}

/** Asks for every store. */
export async function allStores(opener: StoreOpener): Promise<Omit<Stores, "verify" | "backUp" | "close">> {
  return {
    actions: await opener.actionStore(),
    features: await opener.featureStore(),
    runs: await opener.runStore(),
    models: await opener.modelStore(),
    ledger: await opener.ledger(),
    campaigns: await opener.campaignStore(),
    contacts: await opener.contactStore(),
    users: await opener.userList(),
    deadLetters: await opener.deadLetters(),
    audit: await opener.audit(),
  };
}
