import type { BucketRange } from "#churn/buckets.ts";
import type { Day } from "#churn/day.ts";
import type { ChurnDefinition, FeatureDefinition } from "#churn/definition.ts";
import type { UserState } from "#churn/population.ts";
import type { Score } from "#churn/score.ts";
import type { LeftOutListener } from "../unreadable-documents.ts";

/** The latest features and scores of each user. */
export interface FeatureStore {
  /**
   * Prepares for the rows of `set`, written by the run with this number. Of two sets the one of the run with the greater number is
   * the later, in whichever order they are put; without a number a set is later than all others, even if it was put before. A set
   * becomes current when it is complete; if it is current already, it stays so while its rows are written again.
   */
  putSet(set: FeatureSet, run?: number): Promise<void>;

  /** The greatest number that a set which is kept was put with, or was given; 0 if there is none. A run whose set is to be the latest needs a greater one. */
  lastNumber(): Promise<number>;

  /**
   * Tells that all rows of the set are written. It is the current one from now on, unless a later one is. Safe to repeat; does
   * nothing for a set that was put long ago.
   */
  completeSet(setId: string): Promise<void>;

  /** Of the complete sets the latest; undefined if there is none. */
  currentSet(): Promise<FeatureSet | undefined>;

  /** The latest set, complete or not; undefined if there is none. Each row is of the current set or, once its run has written it, of this one. */
  latestSet(): Promise<FeatureSet | undefined>;

  /**
   * Writes rows of one set. A user's row replaces the former one unless that is of a later set: of overlapping runs, the one
   * that began last wins. Throws NotFound for a set that was never put or was put long ago;
   * InvalidInput, and writes nothing, if a row does not fit the set.
   */
  put(setId: string, rows: readonly NewFeatureRow[]): Promise<void>;

  /** Rows by user id in one round trip, each with the set it belongs to; users without a row are left out. */
  get(userIds: readonly string[]): Promise<ReadonlyMap<string, StoredFeatures>>;

  /**
   * For readers that keep what `get` returned: what was read after a settled revision was asked for is right until the
   * revision is another one. Quick, and the same for all that read the store.
   */
  revision(): Promise<FeatureRevision>;

  /** Streams the rows of one set that have values, ordered by user id; with a range only those of its buckets. */
  rows(setId: string, range?: RowRange): AsyncIterable<FeatureRow>;

  /**
   * The same of rows that have no values, as their users have lapsed in all populations of the set: by bucket, then by user id, so
   * that what else is read of some users in a row lies together.
   */
  lapsedRows(setId: string, range?: RowRange): AsyncIterable<FeatureRow>;

  /** How many users of one set are here in at least one of its populations, and how many have lapsed in all. */
  countUsers(setId: string): Promise<UserCounts>;

  /**
   * Deletes the rows of users who are not in this set, and the scores of users without values in it. Returns how many
   * users that were. To be called when all rows of the set, or of the range, are written. Does nothing unless the set is the
   * latest: the run of another is still writing rows, and will prune.
   */
  prune(setId: string, range?: BucketRange): Promise<number>;

  /**
   * Writes scores; a user's score replaces its former one, unless that was written by a run with a greater number. Without a
   * number it replaces any.
   */
  putScores(scores: readonly Score[], run?: number): Promise<void>;

  /** The greatest number of a run that scores were written with; 0 if there are none. A run whose scores are to replace them needs a greater one. */
  lastScoring(): Promise<number>;

  /** Deletes the scores of these users, but for those written by runs with a greater number. */
  dropScores(userIds: readonly string[], run?: number): Promise<void>;

  /** The users most at risk, the highest probability first (ties by user id). */
  topScores(limit: number): Promise<readonly Score[]>;

  /**
   * Deletes the features and scores of these users. A run of features or scores that had already read a user may still
   * write the result; the next run of features prunes it.
   */
  erase(userIds: readonly string[]): Promise<ErasedFeatures>;

  close(): Promise<void>;
}

/** Which rows of a set to read. */
export interface RowRange extends BucketRange, LeftOutListener {}

/** A state of the rows. */
export interface FeatureRevision {
  /** Another one once a set was put, all its rows are written, or users were erased. */
  readonly id: string;
  /** False while a run may still be writing rows, and if there is no set. */
  readonly isSettled: boolean;
}

export type UserCounts = Readonly<Record<UserState, number>>;

/** How much was deleted. */
export interface ErasedFeatures {
  readonly features: number;
  readonly scores: number;
}

/** The meaning of the values in a row; every row of one snapshot shares one. */
export interface FeatureSet {
  /** Unique to (snapshot, definitions): names this set in rows. */
  readonly id: string;
  /** Values tell of everything before the start of this day. */
  readonly snapshot: Day;
  /** The definition that the next model is to be trained on. */
  readonly definition: FeatureDefinition;
  /** Under which rows tell where a user stands: that of `definition`, and those of the models in service. */
  readonly populations: readonly ChurnDefinition[];
  /** The name of each value: those of `definition`, and what else the models in service need. */
  readonly names: readonly string[];
}

export interface FeatureRow {
  readonly userId: string;
  /** For each of the set's populations, in that order, the day since which the user has lapsed; null while here. */
  readonly lapsed: readonly (Day | null)[];
  /** One value for each of the set's names, in that order; none for a user who has lapsed in every population. */
  readonly values: readonly number[];
}

/** A row to be stored: as in FeatureRow, but the values of many rows may share the memory behind them. */
export interface NewFeatureRow extends Pick<FeatureRow, "userId" | "lapsed"> {
  readonly values: ArrayLike<number>;
}

export interface StoredFeatures extends FeatureRow {
  readonly set: FeatureSet;
}
