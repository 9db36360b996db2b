import type { ActionStore } from "./actions/action-store.ts";
import type { Audit } from "./audit/audit.ts";
import type { BackedUp, BackUpOptions } from "./backup/back-up.ts";
import type { BackupManifest } from "./backup/manifest.ts";
import type { RestoreOptions } from "./backup/restore.ts";
import type { CampaignStore } from "./campaigns/campaign-store.ts";
import { Connections } from "./connections/connections.ts";
import type { ContactStore } from "./contacts/contact-store.ts";
import type { DeadLetters } from "./dead-letters/dead-letters.ts";
import type { FeatureStore } from "./features/feature-store.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { ModelStore } from "./models/model-store.ts";
import { SoundAliases } from "./models/sound-aliases.ts";
import type { RunStore } from "./runs/run-store.ts";
import type { StoreOpener } from "./store-opener.ts";
import type { StoreOptions } from "./store-options.ts";
import { type Implementation, type Kept, storeTable } from "./store-table.ts";
import { tracedStore } from "./traced-store.ts";
import type { UserList } from "./users/user-list.ts";

/** Connections for the process of one function. */
export const connectStores = (options: StoreOptions, now: () => number): StoreConnections =>
  new StoreConnections(options, now);

/**
 * Opens the stores that a process asks for, on connections that they share. A server may be away while its stores are
 * opened. Opening throws a Failure when another process has the file open; it can be repeated.
 */
export class StoreConnections implements StoreOpener {
  readonly #connections: Connections;
  readonly #opened: Closable[] = [];

  /** `now` dates what is stored, in milliseconds since the epoch. */
  constructor(options: StoreOptions, now: () => number) {
    this.#connections = new Connections(options, now);
  }

  actionStore(): Promise<ActionStore> {
    return this.#open(storeTable.actions);
  }

  featureStore(): Promise<FeatureStore> {
    return this.#open(storeTable.features);
  }

  runStore(): Promise<RunStore> {
    return this.#open(storeTable.runs);
  }

  /** A damaged alias or version does not show: another version stands in for it. */
  async modelStore(): Promise<ModelStore> {
    return new SoundAliases(await this.#open(storeTable.models));
  }

  ledger(): Promise<Ledger> {
    return this.#open(storeTable.ledger);
  }

  campaignStore(): Promise<CampaignStore> {
    return this.#open(storeTable.campaigns);
  }

  contactStore(): Promise<ContactStore> {
    return this.#open(storeTable.contacts);
  }

  userList(): Promise<UserList> {
    return this.#open(storeTable.users);
  }

  deadLetters(): Promise<DeadLetters> {
    return this.#open(storeTable.deadLetters);
  }

  audit(): Promise<Audit> {
    return this.#open(storeTable.audit);
  }

  /**
   * Creates what the stores on servers need: bucket, index templates, indices. Safe to repeat; needs the rights to
   * create these. Throws a Failure that names what could not be created.
   */
  async setUp(): Promise<void> {
    for (const thing of Object.values(storeTable)) await this.#chosen<unknown>(thing).setUp?.(this.#connections);
  }

  /** Throws StoreUnavailable, saying what to check, if Elasticsearch is in use and cannot be reached. */
  check(): Promise<void> {
    return this.#connections.check();
  }

  /** Throws StoreDamaged, saying what to do, if a part of the embedded database is damaged. */
  verify(): Promise<void> {
    return this.#connections.verify();
  }

  /** Writes everything to a backup at `place`, a folder or s3://BUCKET/NAME. See backUp. */
  async backUp(place: string, options: BackUpOptions): Promise<BackedUp> {
    const { openTarget } = await import("./backup/open-place.ts");
    const target = await openTarget(this.#connections, place, options.signal);
    return (await import("./backup/back-up.ts")).backUp(this.#connections, target, options);
  }

  /** Makes the stores what they were when the backup at `place` was taken. See restore. */
  async restore(place: string, options: RestoreOptions): Promise<BackupManifest> {
    await this.setUp();
    const { openSource } = await import("./backup/open-place.ts");
    const source = await openSource(this.#connections, place);
    return (await import("./backup/restore.ts")).restore(this.#connections, source, options);
  }

  /** Closes every store that was opened, and then their connections; also those beside one that cannot be closed. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled(this.#opened.map((store) => store.close()));
    await this.#connections.close();
    for (const one of closed) if (one.status === "rejected") throw one.reason;
  }

  async #open<Store extends object>(thing: Kept<Store>): Promise<Store> {
    const { open, system } = this.#chosen(thing);
    const store = await open(this.#connections);
    if (isClosable(store)) this.#opened.push(store);
    const { spans } = this.#connections.options;
    if (spans === undefined) return store;
    return tracedStore(store, { spans, name: nameOf(thing), attributes: { "db.system.name": system } });
  }

  #chosen<Store>({ embedded, server, onServer }: Kept<Store>): Implementation<Store> {
    return this.#connections.options[server] === undefined ? embedded : onServer;
  }
}

function nameOf(thing: object): string {
  return Object.entries(storeTable).find(([, one]) => one === thing)?.[0] ?? "store";
}

interface Closable {
  close(): Promise<void>;
}

function isClosable(store: object): store is Closable {
  return "close" in store;
}
