import { GatheredWrites, type GatheringOptions } from "../gathered-writes.ts";
import type { AppendedContacts, Contact, OptOut } from "./contact-store.ts";

/** Whether a contact was added, or was there already. */
export type ContactOutcome = "created" | "duplicate";

export interface ContactWrites {
  /** Adds contacts in one write; the outcome at position i is that of contacts[i]. */
  readonly append: (contacts: readonly Contact[]) => Promise<readonly ContactOutcome[]>;
  /** Marks users as wanting no contact, in one write. */
  readonly optOut: (optOuts: readonly OptOut[]) => Promise<void>;
}

/** The contacts and the opt-outs of concurrent calls, written together; see GatheredWrites. */
export class GatheredContacts {
  readonly #appends: GatheredWrites<Contact, ContactOutcome>;
  readonly #optOuts: GatheredWrites<OptOut, undefined>;

  constructor({ append, optOut }: ContactWrites) {
    this.#appends = new GatheredWrites(append, { ...bounds, purpose: "store contacts", bytesOf: bytesOfContact });
    this.#optOuts = new GatheredWrites(
      async (optOuts) => {
        await optOut(optOuts);
        return optOuts.map(() => undefined);
      },
      { ...bounds, purpose: "store who wants no contact", bytesOf: ({ userId }) => 100 + userId.length },
    );
  }

  async append(contacts: readonly Contact[]): Promise<AppendedContacts> {
    const outcomes = await this.#appends.write(contacts);
    const created = outcomes.filter((outcome) => outcome === "created").length;
    return { created, duplicates: outcomes.length - created };
  }

  async optOut(optOuts: readonly OptOut[]): Promise<void> {
    await this.#optOuts.write(optOuts);
  }

  /** Resolves when everything that was handed over so far is stored or has failed. */
  async settled(): Promise<void> {
    await Promise.all([this.#appends.settled(), this.#optOuts.settled()]);
  }
}

const bounds = {
  mostItems: 1_000,
  mostBytes: 5_000_000,
  mostWrites: 1,
  mostWaiting: 200_000,
} satisfies Partial<GatheringOptions<unknown>>;

/** Roughly what a contact takes in a request to a store. */
function bytesOfContact({ userId, campaignId, channel }: Contact): number {
  return 200 + userId.length + (campaignId?.length ?? 0) + (channel?.length ?? 0);
}
