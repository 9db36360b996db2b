import type { Action } from "#churn/action.ts";
import type { Day } from "#churn/day.ts";
import type { UserHistory } from "#churn/user-history.ts";

/** Where actions are kept, and rolled up into user-days. */
export interface ActionStore {
  /**
   * Stores actions; the outcome at position i is of actions[i]. An action is known by `actionId` and the UTC month of
   * its time, by which stores are divided: one that is stored already, or stands twice in the batch, is a duplicate and
   * changes nothing, even if it differs in other things. What is reported as created survives a
   * crash. Throws StoreUnavailable when nothing is known to be stored and the batch may be sent again.
   */
  append(actions: readonly Action[]): Promise<readonly AppendOutcome[]>;

  /**
   * Brings user-days up to date with everything appended before the call: each (user, day) touched since the last
   * roll-up, however old, is counted anew. Safe to repeat, and to run twice at a time. With a range, so that several
   * workers can share the work, it is enough if that holds for the users of those buckets.
   */
  rollUp(range?: BucketRange): Promise<RollUp>;

  /** What the rolled-up part of the log covers; undefined while it is empty. */
  extent(): Promise<LogExtent | undefined>;

  /** Every action name in the rolled-up log, those of most users first (ties by name). */
  actionFrequencies(): Promise<readonly ActionFrequency[]>;

  /**
   * Streams whole users with an action in the range, each with its user-days there; ordered by bucket, and within one
   * by the UTF-8 bytes of the user id.
   */
  histories(range?: HistoryRange): AsyncIterable<UserHistory>;

  /** The histories of the named users; a user without any is left out. */
  historiesOf(userIds: readonly string[], range?: DayRange): Promise<ReadonlyMap<string, UserHistory>>;

  /**
   * Deletes everything of these users, and tells how much that was. Also a roll-up that is under way does not bring any
   * of it back. Their actions that are sent afterwards are stored as anybody's.
   */
  erase(userIds: readonly string[]): Promise<Erased>;

  /** Deletes the whole UTC months before the month of `day`, and tells how much that was. */
  dropMonthsBefore(day: Day): Promise<Erased>;

  close(): Promise<void>;
}

export interface Erased {
  readonly actions: number;
  readonly userDays: number;
}

export type AppendOutcome = { readonly status: "created" } | { readonly status: "duplicate" } | Refused;

/** One action that the store did not take: for good (`rejected`), or only now (`unavailable`: send it again). */
interface Refused {
  readonly status: "rejected" | "unavailable";
  readonly reason: string;
}

export interface RollUp {
  /** User-days (user, day, action) written by this run. */
  readonly userDays: number;
  /** Users that had any. */
  readonly users: number;
}

export interface LogExtent {
  readonly actions: number;
  readonly users: number;
  readonly firstDay: Day;
  readonly lastDay: Day;
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

export interface HistoryRange extends DayRange, BucketRange {}

export interface BucketRange {
  /** First bucket, inclusive (0 … 255); all by default. */
  readonly fromBucket?: number;
  /** Last bucket, exclusive. */
  readonly beforeBucket?: number;
}
