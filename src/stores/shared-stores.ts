import type { Stores } from "./open-stores.ts";
import type { StoreOpener } from "./store-opener.ts";

/** Opens stores that are open already: several users share them. */
export function sharedStores(stores: Stores): StoreOpener {
  const { actions, features, runs, models, ledger, campaigns, contacts, users, deadLetters, audit } = stores;
  return {
    actionStore: async () => actions,
    featureStore: async () => features,
    runStore: async () => runs,
    modelStore: async () => models,
    ledger: async () => ledger,
    campaignStore: async () => campaigns,
    contactStore: async () => contacts,
    userList: async () => users,
    deadLetters: async () => deadLetters,
    audit: async () => audit,
  };
}
