import { StoreUnavailable } from "../failures.ts";
import { callersPatience, GatheredWrites } from "../gathered-writes.ts";
import type { AppendedContacts, Contact, OptOut } from "./contact-store.ts";

/** What became of a contact, or of a mark that a user wants none: if it was there already, it is a duplicate. */
export type ContactOutcome =
  | { readonly status: "created" | "duplicate" }
  | { readonly status: "unavailable"; readonly reason: string };

/** The outcome at position i is that of items[i]; what throws is repeated in halves, and so must not wait for a server first. */
type Write<Item> = (items: readonly Item[]) => Promise<readonly ContactOutcome[]>;

export interface ContactWrites {
  /** Adds contacts in one write. */
  readonly append: Write<Contact>;
  /** Marks users as wanting no contact, in one write. */
  readonly optOut: Write<OptOut>;
}

/** The contacts and the opt-outs of concurrent calls, written together; see GatheredWrites. */
export class GatheredContacts {
  readonly #appends: GatheredWrites<Contact, ContactOutcome>;
  readonly #optOuts: GatheredWrites<OptOut, ContactOutcome>;

  constructor({ append, optOut }: ContactWrites) {
    this.#appends = new GatheredWrites(append, { ...bounds, purpose: storeContacts, bytesOf: bytesOfContact });
    this.#optOuts = new GatheredWrites(optOut, { ...bounds, purpose: storeOptOuts, bytesOf: bytesOfOptOut });
  }

  async append(contacts: readonly Contact[]): Promise<AppendedContacts> {
    const outcomes = await this.#appends.write(contacts);
    requireStored(storeContacts, outcomes);
    const created = outcomes.filter(({ status }) => status === "created").length;
    return { created, duplicates: outcomes.length - created };
  }

  async optOut(optOuts: readonly OptOut[]): Promise<void> {
    requireStored(storeOptOuts, await this.#optOuts.write(optOuts));
  }

  /** Resolves when everything that was handed over so far is stored or has failed. */
  async settled(): Promise<void> {
    await Promise.all([this.#appends.settled(), this.#optOuts.settled()]);
  }
}

/** Complete "Could not …". */
const storeContacts = "store contacts";
const storeOptOuts = "store who wants no contact";

const bounds = {
  mostItems: 1_000,
  mostBytes: 5_000_000,
  mostWrites: 1,
  mostWaiting: 200_000,
  patience: callersPatience,
};

/** Throws StoreUnavailable unless all of a call's own are stored now. */
function requireStored(purpose: string, outcomes: readonly ContactOutcome[]): void {
  const missing = outcomes.filter((outcome) => outcome.status === "unavailable");
  const [first] = missing;
  if (first === undefined) return;
  throw new StoreUnavailable(
    `Could not ${purpose}: ${missing.length} of ${outcomes.length} were not taken (${first.reason}).`,
  );
}

/** Roughly what a contact takes in a request to a store. */
function bytesOfContact({ userId, campaignId, channel }: Contact): number {
  return 200 + userId.length + (campaignId?.length ?? 0) + (channel?.length ?? 0);
}

function bytesOfOptOut({ userId }: OptOut): number {
  return 100 + userId.length;
}
