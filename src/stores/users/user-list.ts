import type { Candidate } from "#churn/campaign/candidate.ts";
import type { Day } from "#churn/day.ts";
import type { ListedUser, ListMove, ListState } from "#churn/list/listed-user.ts";

/**
 * The list of all users as of the last scoring, here or lapsed: one row for each, to be filtered, sorted and read by the
 * page. Nothing in it is older than the last scoring but the scores of former lists, which each scoring keeps as far back as the ledger goes.
 */
export interface UserList {
  /**
   * Writes rows; a user's row replaces the former one, unless that was written by a run that began later. `writtenAt` is when
   * the run that writes them began, in milliseconds since the epoch. What a user was on the list of an earlier snapshot becomes their
   * `riskBefore`, and whether they were at risk on it their `wasAtRisk`. What they were on the list of an earlier run becomes their
   * `toldRisk` and `toldAtRisk` if others were told of that list to its end, and their `begunRisk` if only in part. By default they were
   * told of all. What lists of earlier snapshots showed of them becomes their `formerScores`.
   */
  put(users: readonly ListedUser[], writtenAt: number, former?: FormerLists): Promise<void>;

  /**
   * Deletes the rows that were written by runs that began earlier, and shows what was written. To be called at the end of
   * a run. Returns how many users that were.
   */
  prune(writtenBefore: number): Promise<number>;

  /** When the latest of the runs that wrote rows began, in milliseconds since the epoch; 0 if there are none. Rows of an earlier run do not replace its own. */
  lastWritten(): Promise<number>;

  /** One page of the users that a filter chooses. Throws InvalidInput for a cursor that is not of this order. */
  page(query: UserQuery): Promise<UserPage>;

  /** Streams all users that a filter chooses, from one state of the list. */
  stream(filter: UserFilter, order: UserOrder): AsyncIterable<ListedUser>;

  /**
   * Those of the users that a filter chooses who have a probability, with as much as campaigns are planned by: in arrays of up to
   * `candidatesAtOnce`, in any order, from one state of the list. Takes a small part of the time of `stream`.
   */
  candidates(filter: UserFilter): AsyncIterable<readonly Candidate[]>;

  /** How many users a filter chooses in each state, whatever state or move it names. */
  totals(filter: UserFilter): Promise<ListTotals>;

  /** The rows of these users; who has none is left out. */
  get(userIds: readonly string[]): Promise<ReadonlyMap<string, ListedUser>>;

  /** Deletes the rows of these users. Returns how many there were. A scoring under way may still add what it has read. */
  erase(userIds: readonly string[]): Promise<number>;

  close(): Promise<void>;
}

/** As many as a search of Elasticsearch returns. */
export const candidatesAtOnce = 10_000;

/** What is to be known of former lists when one is written. */
export interface FormerLists {
  /** Of all by default. */
  readonly toldThrough?: ToldThrough | undefined;
  /** The first snapshot whose scores may be kept; all may by default. */
  readonly scoresFrom?: Day | undefined;
}

/** Of which lists others were told, by the runs that made them. */
export interface ToldThrough {
  /** The last list that they were told of to its end. */
  readonly whole: number;
  /** The last list of which telling began. */
  readonly begun: number;
}

export const toldOfAll: ToldThrough = { whole: Number.MAX_SAFE_INTEGER, begun: Number.MAX_SAFE_INTEGER };

/** Which users. What is not known of a user fits no bound. */
export interface UserFilter {
  /** All by default. */
  readonly state?: ListState | undefined;
  readonly minProbability?: number | undefined;
  readonly maxProbability?: number | undefined;
  readonly minValue?: number | undefined;
  readonly maxValue?: number | undefined;
  /** In days. */
  readonly minSilence?: number | undefined;
  readonly maxSilence?: number | undefined;
  /** In days. */
  readonly minTenure?: number | undefined;
  readonly maxTenure?: number | undefined;
  readonly moved?: ListMove | undefined;
  /** The same, since the last list that others were told of; also of those whom a list that was told of in part may have said to be otherwise. */
  readonly untold?: ListMove | undefined;
  /** A group of features that is among the reasons, such as rhythm. */
  readonly reason?: string | undefined;
  /** What the user id begins with. */
  readonly idPrefix?: string | undefined;
}

/**
 * By user id from the first, by anything else from the highest; who lacks it comes last, and equals are in the order of
 * the bytes of their ids.
 */
export const userOrders = ["probability", "value_at_risk", "value", "silence", "user_id"] as const;
export type UserOrder = (typeof userOrders)[number];

export interface UserQuery {
  readonly filter: UserFilter;
  readonly order: UserOrder;
  /** At most this many users. */
  readonly limit: number;
  /** Of the page before; undefined for the first page. */
  readonly cursor?: string | undefined;
  /** Whether to read the `formerScores` of each user as well; not by default. */
  readonly withFormerScores?: boolean | undefined;
}

export interface UserPage {
  readonly users: readonly ListedUser[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** `here` counts those who are slipping and at risk too. */
export interface ListTotals extends Readonly<Record<ListState, number>> {
  /** The sum over those at risk of probability × value. */
  readonly valueAtRisk: number;
  readonly moved: Readonly<Record<ListMove, number>>;
}
