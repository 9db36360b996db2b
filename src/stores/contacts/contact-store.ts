import type { Day } from "#churn/day.ts";

/** What was sent to whom, and who wants nothing sent. */
export interface ContactStore {
  /**
   * Adds contacts. One is identified by user, time, campaign and channel; if it is already there, it changes nothing, so
   * that a file may be read again. Throws StoreUnavailable if some may be missing, and all must be sent again.
   */
  append(contacts: readonly Contact[]): Promise<AppendedContacts>;

  /** Marks users as wanting no contact; the time of the first mark stays. Throws as `append` does. */
  optOut(optOuts: readonly OptOut[]): Promise<void>;

  /** Takes the mark away. Returns how many had it. */
  optIn(userIds: readonly string[]): Promise<number>;

  /** What is known of these users, of contacts from `since` on (ms since the epoch); users without any are left out. */
  statesOf(userIds: readonly string[], since: number): Promise<ReadonlyMap<string, UserContacts>>;

  /** All contacts of one user, in the order of time. */
  contactsOf(userId: string): Promise<readonly Contact[]>;

  /** Streams the contacts of a campaign, by bucket, the bytes of the user id, and time. */
  contacts(campaignId: string): AsyncIterable<Contact>;

  /** Deletes everything about these users. */
  erase(userIds: readonly string[]): Promise<ErasedContacts>;

  /** Deletes the contacts of all UTC months before the month of `day`; who opted out stays so. Returns how many. */
  dropMonthsBefore(day: Day): Promise<number>;

  close(): Promise<void>;
}

export interface Contact {
  readonly userId: string;
  /** When it was sent, in milliseconds since the epoch. */
  readonly time: number;
  /** Undefined for a contact outside any campaign. */
  readonly campaignId?: string | undefined;
  /** Such as mail or push. */
  readonly channel?: string | undefined;
}

export interface OptOut {
  readonly userId: string;
  /** In milliseconds since the epoch. */
  readonly time: number;
}

export interface UserContacts {
  /** In milliseconds since the epoch; undefined if there was none in the range. */
  readonly lastContactedAt: number | undefined;
  readonly optedOutAt: number | undefined;
}

export interface AppendedContacts {
  readonly created: number;
  readonly duplicates: number;
}

/** How much was deleted. */
export interface ErasedContacts {
  readonly contacts: number;
  readonly optOuts: number;
}
