import type { ActionStore } from "./actions/action-store.ts";
import type { Audit } from "./audit/audit.ts";
import type { CampaignStore } from "./campaigns/campaign-store.ts";
import type { ContactStore } from "./contacts/contact-store.ts";
import type { DeadLetters } from "./dead-letters/dead-letters.ts";
import type { FeatureStore } from "./features/feature-store.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { ModelStore } from "./models/model-store.ts";
import type { RunStore } from "./runs/run-store.ts";
import type { UserList } from "./users/user-list.ts";

/** Opens the stores that a function asks for: on connections of its own in a pod, all of them shared in one process. */
export interface StoreOpener {
  actionStore(): Promise<ActionStore>;
  featureStore(): Promise<FeatureStore>;
  runStore(): Promise<RunStore>;
  modelStore(): Promise<ModelStore>;
  ledger(): Promise<Ledger>;
  campaignStore(): Promise<CampaignStore>;
  contactStore(): Promise<ContactStore>;
  userList(): Promise<UserList>;
  deadLetters(): Promise<DeadLetters>;
  audit(): Promise<Audit>;
}
