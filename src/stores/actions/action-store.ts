import type { Action } from "#churn/action.ts";
import type { BucketRange } from "#churn/buckets.ts";
import type { Day } from "#churn/day.ts";
import type { ActionUsers } from "#churn/features/frequent-actions.ts";
import type { HistoryColumns } from "#churn/history-columns.ts";
import type { UserHistory } from "#churn/user-history.ts";
import type { LeftOutListener } from "../unreadable-documents.ts";

/** Keeps actions, and rolls them up into user-days. */
export interface ActionStore {
  /**
   * Stores actions; the outcome at position i is that of actions[i]. An action is identified by `actionId` and the UTC
   * month of its time, by which stores are divided: one that is already stored, or occurs twice in the batch, is a
   * duplicate and changes nothing, even if it differs in other fields. What is reported as created survives a crash.
   * Throws StoreUnavailable when nothing is known to be stored; the batch may then be sent again.
   */
  append(actions: readonly Action[]): Promise<readonly AppendOutcome[]>;

  /**
   * Stores the actions of a DuckDB file, where the store can read one: all of them or none. The file has a table or view
   * `actions`; see `appendStaged`. Where more than `mostContradicting` of them have other content than the stored action with the
   * same id, none is stored. Throws StoreUnavailable when nothing was stored.
   */
  appendStaged?(file: string, mostContradicting?: number): Promise<StagedOutcome>;

  /**
   * Brings user-days up to date with everything appended before the call that is not passive: each (user, day) touched since the last
   * roll-up, however old, is recounted. Safe to repeat and to run concurrently. With a range, only the users of those
   * buckets need to be up to date, so that several workers can share the work.
   */
  rollUp(range?: BucketRange): Promise<RollUp>;

  /**
   * About how many actions the next roll-up has to count; absent from a store whose roll-up cannot be shared by ranges.
   */
  notRolledUp?(): Promise<number>;

  /**
   * What the user-days cover, with a range (of whole sixteenths of all buckets) those of its users; undefined while there are
   * none. Without the actions that
   * `passive` names (see `isPassive`). A store that reads all user-days for it keeps what it found, so that what was asked for
   * all ranges is at hand for the whole.
   */
  extent(passive?: readonly string[], range?: BucketRange): Promise<LogExtent | undefined>;

  /** Every action name in the user-days that `passive` does not name, those of most users first (ties by name). */
  actionFrequencies(passive?: readonly string[]): Promise<readonly ActionFrequency[]>;

  /**
   * How many users had been seen before a day, and how many of them had done each of the frequent actions, those of most users
   * first (ties by name); as above without `passive`.
   */
  usersBefore(day: Day, passive?: readonly string[]): Promise<UsersBefore>;

  /**
   * Streams every user with an action in the range, each with all user-days in the range; ordered by bucket, then by
   * the UTF-8 bytes of the user id.
   */
  histories(range?: HistoryRange): AsyncIterable<UserHistory>;

  /** The same, those of many users at a time, where the store has them so. */
  historyColumns?(range?: HistoryRange): AsyncIterable<HistoryColumns>;

  /** The histories of these users; a user without one is left out. */
  historiesOf(userIds: readonly string[], range?: DayRange): Promise<ReadonlyMap<string, UserHistory>>;

  /**
   * Deletes everything about these users. A roll-up under way at that time does not bring any of it back. Actions of
   * theirs that are sent later are stored like any others.
   */
  erase(userIds: readonly string[]): Promise<Erased>;

  /** Deletes all UTC months before the month of `day`. */
  dropMonthsBefore(day: Day): Promise<Erased>;

  close(): Promise<void>;
}

/** How much was deleted. */
export interface Erased {
  readonly actions: number;
  readonly userDays: number;
}

export type AppendOutcome = { readonly status: "created" } | Duplicate | Refused;

/** An action that is stored already: nothing was changed. */
interface Duplicate {
  readonly status: "duplicate";
  /** Whether it has the id of the stored one and other content, which then is most likely another action. */
  readonly differs?: boolean;
}

export interface StagedOutcome {
  readonly created: number;
  readonly duplicates: number;
  /** Not stored, because the stored action with the same id of the sender's has other content. */
  readonly contradicting: number;
}

/** An action that the store did not take: never will (`rejected`), or cannot now (`unavailable`: send it again). */
interface Refused {
  readonly status: "rejected" | "unavailable";
  readonly reason: string;
}

export interface RollUp {
  /** User-days (user, day, action) written by this run. */
  readonly userDays: number;
  /** Users among them. */
  readonly users: number;
}

export interface LogExtent {
  readonly actions: number;
  readonly users: number;
  /** The days between which the bulk of the log lies, both inclusive: a few wrong clocks move neither. See `bulkOf`. */
  readonly firstDay: Day;
  readonly lastDay: Day;
  /** How many of the actions lie outside; absent where none does. */
  readonly outside?: number;
}

/** Who was known at the start of a day. */
export interface UsersBefore {
  readonly users: number;
  readonly actions: readonly ActionUsers[];
}

export interface ActionFrequency {
  readonly action: string;
  readonly users: number;
  readonly count: number;
}

export interface DayRange {
  /** First day, inclusive. */
  readonly from?: Day;
  /** Last day, exclusive. */
  readonly before?: Day;
}

export interface HistoryRange extends DayRange, BucketRange, LeftOutListener {}
